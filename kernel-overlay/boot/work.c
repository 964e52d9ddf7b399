// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts, threads, patterns and other common ground. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>
#include "init.h"
#include "work.h"

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
