/* SPDX-License-Identifier: GPL-2.0-only */
/* What every workload uses: buffers whose pages are counted, and verdicts. */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "kinds.h"

#define PAGE	4096

/**
 * struct workload - One thing that is done and checked, in a process of its own
 * @name: Its name in the results
 * @image: The image that it wants on a disk, or NULL
 * @run: Does it; returns if all was well
 * @memory: The other kinds of memory that it is run with as well, a bit each
 * @option: What the kernel needs to drive what @reaches says, less CONFIG_
 * @reaches: Functions, separated by commas: it is a failure if a kernel has the
 *	option and no workload that reaches one of them could be run
 */
struct workload {
	const char *name;
	const char *image;
	void (*run)(void);
	unsigned int memory;
	const char *option;
	const char *reaches;
};

extern const struct workload __start_workloads[], __stop_workloads[];

/*
 * A workload registers itself; the order is that of the files and lines. Other
 * members follow.
 */
#define WORKLOAD(id, name_, image_, run_, ...)				\
	static const struct workload id					\
	__attribute__((used, section("workloads"), aligned(8))) = {	\
		.name = name_, .image = image_, .run = run_, __VA_ARGS__ }

/*
 * Not every kernel keeps pages for long that somebody else has as well: where they
 * are kept, it is LASTING.
 */
#define LASTING		.memory = 1 << THP | 1 << HUGETLB
#define ANY_MEMORY	.memory = 1 << RING | 1 << THP | 1 << HUGETLB | 1 << SHARED
#define REACHES(option_, list)	.option = option_, .reaches = list

/* End the workload: it failed, or it cannot be done here. */
void fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void skip(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* The result that a system call must have, else the workload fails. */
long must(const char *what, long result);
#define MUST(call)	must(#call, (long)(call))
void expect(bool fine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add to the bytes that the workload moved and compared. */
void moved(size_t bytes);

/*
 * Memory whose pages are counted when it is made, and again when the workload
 * ends: of the kind that the workload is run with, or mapped with these flags,
 * of a file if fd is not -1.
 */
void *buffer(size_t len);
void *buffer_of(size_t len, int flags, int fd);
/* Unmap a buffer but for its first bytes, which go on being counted. */
void buffer_cut(void *start, size_t keep);
/* Compare the counts now, as is done at the end; waits for late releases. */
void buffers_check(void);
/* The pins on the pages of some memory now. */
unsigned int pins_of(const void *start, size_t len);
/* Fails the workload unless each of its pages is pinned, once if it is alone. */
void expect_pinned(const void *start, size_t len);

/* Run it in a thread; join() waits for it, unless it is a server by then. */
void thread(void (*run)(void *), void *argument);
void join(void);
void serve_on(void);
void join_servers(void);

/* Keep pages for that many ms wherever they are taken; 0 ends it. */
void hold_pages(unsigned int ms);

void pattern(void *to, size_t len, unsigned int seed);
/* Fails the workload unless the memory holds the pattern. */
void pattern_check(const char *what, const void *at, size_t len,
		   unsigned int seed);

/*
 * Let some code write into a mapped file while its pages are clean and held:
 * only the release knows that they were written to. Fails the workload if the
 * file does not get the @len bytes of the pattern, behind @skip others.
 */
void into_mapping(const char *type, void (*write)(void *where), size_t skip,
		  size_t len, unsigned int seed);

/* Write a line to a file of the kernel's own. */
void put_text(const char *path, const char *text);

/* The path of the disk with this workload's image. */
const char *disk(void);
/* Mount the workload's image there; skips if the kernel has no such type. */
void mount_image(const char *type, const char *where);
void unmount(const char *where);

/* Read and write files of /mnt with O_DIRECT, aligned and not; @type is for
 * messages. The second ends files inside a sector and buffers inside a read.
 */
void direct_files(const char *type);
void odd_files(const char *type);
/* The same at any byte, where files of /mnt are not cached. */
void uncached_files(const char *type);
/* Through a pipe; through io_uring, from registered memory too; by a loop device. */
void splice_files(const char *type);
void uring_files(const char *type);
void loop_files(const char *type);

/* Do what a workload did after it was run: count, and leave. */
void finish(void) __attribute__((noreturn));

#endif /* WORK_H */
