// SPDX-License-Identifier: GPL-2.0-only
/* Buffers whose pages are counted, verdicts, and other common ground. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>
#include "init.h"
#include "kernel/pin_trace.h"
#include "work.h"

#define NR_BUFFERS	32
#define SETTLE_MS	5000

static struct counted {
	char *start;
	size_t len;
	struct pin_trace_page *before;
} buffers[NR_BUFFERS];

static int trace_fd = -1;

static void verdict(enum outcome outcome, const char *format, va_list args)
{
	vsnprintf(report->reason, sizeof(report->reason), format, args);
	report->outcome = outcome;
	_exit(0);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verdict(FAILED, format, args);
	abort();
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	verdict(SKIPPED, format, args);
	abort();
}

long must(const char *what, long result)
{
	if (result == -1)
		fail("%s: %s", what, strerror(errno));
	return result;
}

void expect(bool fine, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!fine)
		verdict(FAILED, format, args);
	va_end(args);
}

void moved(size_t bytes)
{
	__atomic_add_fetch(&report->bytes, bytes, __ATOMIC_RELAXED);
}

static void trace_open(void)
{
	if (trace_fd < 0)
		trace_fd = MUST(open("/dev/pin_trace", O_RDWR | O_CLOEXEC));
}

static void count(const void *start, size_t len, struct pin_trace_page *pages)
{
	struct pin_trace_count asked = {
		.addr = (uintptr_t)start, .len = len,
		.pages = (uintptr_t)pages,
	};

	trace_open();
	MUST(ioctl(trace_fd, PIN_TRACE_COUNT, &asked));
}

static size_t nr_pages(const void *start, size_t len)
{
	return ((uintptr_t)start % PAGE + len + PAGE - 1) / PAGE;
}

void hold_pages(unsigned int ms)
{
	trace_open();
	MUST(ioctl(trace_fd, PIN_TRACE_DELAY, ms));
}

void *buffer_of(size_t len, int flags, int fd)
{
	struct counted *b = buffers;
	size_t k;

	while (b < buffers + NR_BUFFERS && b->start)
		b++;
	expect(b < buffers + NR_BUFFERS, "too many buffers");
	b->start = mmap(NULL, len, PROT_READ | PROT_WRITE,
			flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
	expect(b->start != MAP_FAILED, "mmap: %s", strerror(errno));
	/* Written to, so that no later write gives it other pages. */
	for (k = 0; k < len; k += PAGE)
		((volatile char *)b->start)[k] += 0;
	b->len = len;
	b->before = calloc(nr_pages(b->start, len), sizeof(*b->before));
	expect(b->before, "no memory");
	count(b->start, len, b->before);
	return b->start;
}

void *buffer(size_t len)
{
	return buffer_of(len, MAP_PRIVATE, -1);
}

void buffer_cut(void *start, size_t keep)
{
	struct counted *b;

	for (b = buffers; b < buffers + NR_BUFFERS; b++) {
		if (b->start != start)
			continue;
		munmap(b->start + keep, b->len - keep);
		b->len = keep;
		if (!keep)
			memset(b, 0, sizeof(*b));
		return;
	}
	fail("no such buffer");
}

unsigned int pins_of(const void *start, size_t len)
{
	size_t nr = nr_pages(start, len), k;
	struct pin_trace_page pages[nr];
	unsigned int pins = 0;

	count(start, len, pages);
	for (k = 0; k < nr; k++)
		pins += pages[k].pins;
	return pins;
}

/* The number of pages whose counts differ; says how the first one does. */
static size_t unequal(void)
{
	size_t found = 0, nr, k;
	struct counted *b;

	for (b = buffers; b < buffers + NR_BUFFERS; b++) {
		if (!b->start)
			continue;
		nr = nr_pages(b->start, b->len);
		struct pin_trace_page now[nr];

		count(b->start, b->len, now);
		for (k = 0; k < nr; k++) {
			const struct pin_trace_page *was = b->before + k;

			if (now[k].pfn == was->pfn && now[k].pins == was->pins &&
			    now[k].refs == was->refs)
				continue;
			if (!found++)
				snprintf(report->reason, sizeof(report->reason),
					 "page %zu: refs %u, pins %u before; refs %u, pins %u after%s",
					 k, was->refs, was->pins, now[k].refs,
					 now[k].pins, now[k].pfn == was->pfn ?
					 "" : " (another page)");
		}
	}
	return found;
}

void buffers_check(void)
{
	unsigned int ms;

	for (ms = 0; unequal() && ms < SETTLE_MS; ms += 20)
		usleep(20000);
	report->unequal = unequal();
	if (report->unequal) {
		report->outcome = FAILED;
		_exit(0);
	}
	report->reason[0] = '\0';
}

void finish(void)
{
	struct counted *b;

	buffers_check();
	for (b = buffers; b < buffers + NR_BUFFERS; b++)
		report->pages += nr_pages(b->start, b->len);
	report->outcome = PASSED;
	_exit(0);
}

void pattern(void *to, size_t len, unsigned int seed)
{
	uint8_t *at = to;
	size_t k;

	for (k = 0; k < len; k++)
		at[k] = k * 7 + k / 251 + k / PAGE * 31 + seed * 17;
}

void pattern_check(const char *what, const void *at, size_t len,
		   unsigned int seed)
{
	const uint8_t *from = at;
	size_t k;

	for (k = 0; k < len; k++) {
		uint8_t want = k * 7 + k / 251 + k / PAGE * 31 + seed * 17;

		if (from[k] != want)
			fail("%s: byte %zu of %zu is %02x, not %02x", what, k,
			     len, from[k], want);
	}
	moved(len);
}

struct start {
	void (*run)(void *argument);
	void *argument;
};

static void *begin(void *given)
{
	struct start start = *(struct start *)given;

	free(given);
	start.run(start.argument);
	return NULL;
}

static pthread_t threads[16];
static unsigned int nr_threads, nr_servers;

void thread(void (*run)(void *), void *argument)
{
	struct start *start = malloc(sizeof(*start));

	expect(start && nr_threads < 16, "too many threads");
	*start = (struct start){ run, argument };
	errno = pthread_create(&threads[nr_threads++], NULL, begin, start);
	expect(!errno, "pthread_create: %s", strerror(errno));
}

void serve_on(void)
{
	nr_servers = nr_threads;
}

void join_servers(void)
{
	nr_servers = 0;
	join();
}

void join(void)
{
	while (nr_threads > nr_servers)
		pthread_join(threads[--nr_threads], NULL);
}

const char *disk(void)
{
	return report->disk;
}

void put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail("%s: %s", path, strerror(errno));
	close(fd);
}

void mount_image(const char *type, const char *where)
{
	int done;

	mkdir_p(where);
	done = mount(disk(), where, type, 0, NULL);
	if (done && errno == ENODEV)
		skip("no file system %s in this kernel", type);
	must("mount", done);
}

void unmount(const char *where)
{
	int tries;

	/* A request that just ended may still hold the file for a moment. */
	for (tries = 0; tries < 100 && umount(where); tries++) {
		if (errno != EBUSY)
			fail("umount: %s", strerror(errno));
		usleep(20000);
	}
	expect(tries < 100, "umount: still busy");
}

static void (*mapping_write)(void *to);
static volatile bool mapping_written;

static void write_mapping(void *to)
{
	mapping_write(to);
	mapping_written = true;
}

void into_mapping(const char *type, void (*write)(void *where), size_t skip,
		  size_t len, unsigned int seed)
{
	size_t size = skip + len;
	char *to, *got = calloc(1, size);
	int fd;

	expect(got, "no memory");
	mkdir_p("/map");
	MUST(mount(disk(), "/map", type, 0, NULL));
	fd = MUST(open("/map/mapped", O_RDWR | O_CREAT | O_TRUNC, 0600));
	expect(pwrite(fd, got, size, 0) == (long)size, "short write");
	to = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect(to != MAP_FAILED, "mmap of a file: %s", strerror(errno));

	mapping_write = write;
	mapping_written = false;
	hold_pages(400);
	thread(write_mapping, to);
	while (!mapping_written) {
		usleep(100000);
		MUST(syncfs(fd));
	}
	join();
	hold_pages(0);

	pattern_check("the mapping", to + skip, len, seed);
	MUST(munmap(to, size));
	MUST(syncfs(fd));
	MUST(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	expect(pread(fd, got, size, 0) == (long)size, "short read");
	pattern_check("the file that was mapped", got + skip, len, seed);
	close(fd);
	MUST(umount("/map"));
}
