// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only program of the guest: runs each workload and says what came of it.
 *
 * The lines go to /dev/kmsg, which keeps each in one piece:
 *
 *   pins: NAME call FUNCTION KIND ADDRESS CALLS PAGES PINNED FAILED
 *   pins: NAME reaches OPTION FUNCTION,...
 *   pins: NAME done RESULT bytes=N pages=N unequal=N acquired=N released=N REASON
 *
 * The kernel's command line holds what to run and where the images are:
 * images=NAME:/dev/ubda,..., memory=KIND,... (what buffers can be of there),
 * only=NAME,... (all, if it is not there), stop=1 to end with the first failure,
 * and end=reboot where the machine has no power to switch off.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "init.h"
#include "kernel/pin_trace.h"
#include "kinds.h"
#include "work.h"

#define WORKLOAD_SECONDS	30

struct report *report;
static char command_line[4096];
static int kmsg = -1;

static void say(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char line[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len >= (int)sizeof(line))
		len = sizeof(line) - 1;
	if (write(kmsg, line, len) != len)
		_exit(1);
}

static size_t read_all(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0) {
		got = read(fd, to, size - 1);
		close(fd);
	}
	to[got > 0 ? got : 0] = '\0';
	return got > 0 ? got : 0;
}

void mkdir_p(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		say("pins: - note mkdir %s: %s", path, strerror(errno));
}

static void mount_at(const char *type, const char *path)
{
	mkdir_p(path);
	if (mount(type, path, type, 0, NULL))
		say("pins: - note mount %s: %s", path, strerror(errno));
}

/* The value of a word KEY=VALUE of the command line. */
static bool parameter(const char *key, char *to, size_t size)
{
	const char *at = strstr(command_line, key);
	size_t len;

	if (!at)
		return false;
	at += strlen(key);
	len = strcspn(at, "\n ");
	snprintf(to, size, "%.*s", (int)len, at);
	return true;
}

/* Whether a comma-separated list has the name; what follows its colon. */
static bool listed(char *list, const char *name, char *value, size_t size)
{
	char *save, *word;

	for (word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		char *colon = strchr(word, ':');

		if (colon)
			*colon = '\0';
		if (strcmp(word, name))
			continue;
		if (value)
			snprintf(value, size, "%s", colon ? colon + 1 : "");
		return true;
	}
	return false;
}

static long vmstat(const char *name)
{
	static char text[16384];
	const char *at;
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, "1", 1);
		close(fd);
	}
	read_all("/proc/vmstat", text, sizeof(text));
	at = strstr(text, name);
	return at ? atol(at + strlen(name)) : -1;
}

/* Every caller that took or dropped pages since the last reset. */
static void say_calls(const char *name, int trace)
{
	static char text[262144];
	char *save, *line;
	ssize_t got;

	got = pread(trace, text, sizeof(text) - 1, 0);
	text[got > 0 ? got : 0] = '\0';
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		say("pins: %s call %s", name, line);
}

static const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case PASSED:	return "pass";
	case FAILED:	return "fail";
	case SKIPPED:	return "skip";
	default:	return "died";
	}
}

/* End every process that a workload left behind, its mounts and its threads. */
static void clean_up(void)
{
	int waits = 0;
	pid_t child;

	kill(-1, SIGKILL);
	do {
		child = waitpid(-1, NULL, WNOHANG);
		if (!child)
			usleep(10000);
	} while (child >= 0 && waits++ < 1000);
	if (child >= 0)
		say("pins: - note a process cannot be ended");
	umount2("/mnt", MNT_DETACH);
	umount2("/map", MNT_DETACH);
	umount2("/export", MNT_DETACH);
	umount2(FILES, MNT_DETACH);
}

static int wait_for(pid_t child, int seconds)
{
	int status = 0, waits;

	for (waits = 0; waits < seconds * 100; waits++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		usleep(10000);
	}
	kill(child, SIGKILL);
	sleep(1);
	snprintf(report->reason, sizeof(report->reason),
		 "did not end after %d s", seconds);
	report->outcome = FAILED;
	return status;
}

static void say_done(const struct workload *w, const char *name,
		     long acquired, long released)
{
	if (w->reaches)
		say("pins: %s reaches CONFIG_%s %s", name, w->option,
		    w->reaches);
	say("pins: %s done %s bytes=%zu pages=%zu unequal=%zu acquired=%ld released=%ld %s",
	    name, outcome_name(report->outcome), report->bytes, report->pages,
	    report->unequal, acquired, released, report->reason);
}

static void run(const struct workload *w, const char *name, int trace)
{
	long acquired, released;
	int status;
	pid_t child;

	acquired = vmstat("nr_foll_pin_acquired ");
	released = vmstat("nr_foll_pin_released ");
	ioctl(trace, PIN_TRACE_RESET);
	say("pins: %s begin", name);
	child = fork();
	if (!child) {
		setpgid(0, 0);
		w->run();
		finish();
	}
	status = wait_for(child, WORKLOAD_SECONDS);
	ioctl(trace, PIN_TRACE_DELAY, 0);
	clean_up();
	if (report->outcome == DIED)
		snprintf(report->reason, sizeof(report->reason),
			 "ended with status %x", status);
	say_calls(name, trace);
	acquired = vmstat("nr_foll_pin_acquired ") - acquired;
	released = vmstat("nr_foll_pin_released ") - released;
	say_done(w, name, acquired, released);
}

/* Whether there is a disk with an image, and its path. */
static bool has_image(const char *image, char *path, size_t size)
{
	char list[4096];

	return parameter("images=", list, sizeof(list)) &&
	       listed(list, image, path, size);
}

/* Run a workload with one kind of memory; says whether it failed. */
static bool failed(const struct workload *w, enum memory kind, int trace)
{
	char list[4096], name[64];

	snprintf(name, sizeof(name), "%s%s%s", w->name, kind ? "." : "",
		 kind ? memory_names[kind] : "");
	if (parameter("only=", list, sizeof(list)) &&
	    !listed(list, name, NULL, 0))
		return false;
	memset(report, 0, sizeof(*report));
	buffer_kind = kind;
	has_image("files", report->files, sizeof(report->files));
	if (w->image && !has_image(w->image, report->disk,
				   sizeof(report->disk))) {
		report->outcome = SKIPPED;
		snprintf(report->reason, sizeof(report->reason), "no image %s",
			 w->image);
		say_done(w, name, 0, 0);
		return false;
	}
	run(w, name, trace);
	return report->outcome != PASSED && report->outcome != SKIPPED;
}

/* The kinds of memory that this machine has, a bit each. */
static unsigned int kinds_here(void)
{
	unsigned int found = 1 << PRIVATE, kind;
	char list[4096];

	for (kind = PRIVATE + 1; kind < NR_MEMORY; kind++)
		if (parameter("memory=", list, sizeof(list)) &&
		    listed(list, memory_names[kind], NULL, 0))
			found |= 1 << kind;
	return found;
}

static void prepare(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	mount_at("devtmpfs", "/dev");
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (kmsg < 0)
		_exit(1);
	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("tmpfs", "/tmp");
	mount_at("configfs", "/sys/kernel/config");
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	read_all("/proc/cmdline", command_line, sizeof(command_line));
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

int main(void)
{
	const struct workload *w;
	unsigned int here, kind;
	bool stop = false;
	char list[4096];
	int trace;

	prepare();
	trace = open("/dev/pin_trace", O_RDWR | O_CLOEXEC);
	if (trace < 0)
		say("pins: - note /dev/pin_trace: %s", strerror(errno));
	here = kinds_here();
	for (w = __start_workloads; w < __stop_workloads && !stop; w++)
		for (kind = PRIVATE; kind < NR_MEMORY && !stop; kind++)
			/* One failure is all that is asked of a mutant. */
			stop = ((w->memory | 1 << PRIVATE) & here & 1 << kind) &&
			       failed(w, kind, trace) &&
			       parameter("stop=", list, sizeof(list));
	say("pins: - end");
	sync();
	reboot(parameter("end=", list, sizeof(list)) ? RB_AUTOBOOT : RB_POWER_OFF);
	return 0;
}
