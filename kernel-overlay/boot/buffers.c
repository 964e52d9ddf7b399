// SPDX-License-Identifier: GPL-2.0-only
/* Buffers whose pages are counted. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "init.h"
#include "kernel/pin_trace.h"
#include "kinds.h"
#include "work.h"

#define NR_BUFFERS	32
#define SETTLE_MS	5000

static struct counted {
	struct mapping mapping;
	char *start;
	size_t len;
	struct pin_trace_page *before;
} buffers[NR_BUFFERS];

static int trace_fd = -1;

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

/* Count the pages of a mapping, from now until the workload ends. */
static void *counted(const struct mapping *m, size_t len)
{
	struct counted *b = buffers;
	size_t nr = nr_pages(m->at, len), k;

	while (b < buffers + NR_BUFFERS && b->start)
		b++;
	expect(b < buffers + NR_BUFFERS, "too many buffers");
	/* Written to, so that no later write gives it other pages. */
	for (k = 0; k < len; k += PAGE)
		((volatile char *)m->at)[k] += 0;
	*b = (struct counted){ *m, m->at, len, calloc(nr, sizeof(*b->before)) };
	expect(b->before, "no memory");
	count(b->start, len, b->before);
	for (k = 0; k < nr; k++)
		expect(b->before[k].pfn, "a page of a buffer is not counted");
	return b->start;
}

void *buffer_of(size_t len, int flags, int fd)
{
	struct mapping m;

	map_plain(&m, len, flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd);
	return counted(&m, len);
}

void *buffer(size_t len)
{
	struct mapping m;
	char *start;
	size_t nr, k;

	map_memory(&m, len);
	start = counted(&m, len);
	nr = nr_pages(start, len);
	struct pin_trace_page pages[nr];

	count(start, len, pages);
	for (k = 0; k < nr && (buffer_kind == RING || buffer_kind == THP ||
			       buffer_kind == HUGETLB); k++)
		expect(pages[k].folio > 1, "page %zu is not in a large folio", k);
	return start;
}

void buffer_cut(void *start, size_t keep)
{
	struct counted *b;
	size_t k;

	for (b = buffers; b < buffers + NR_BUFFERS; b++) {
		if (b->start != start)
			continue;
		if (!keep) {
			munmap(b->mapping.base, b->mapping.len);
			memset(b, 0, sizeof(*b));
			return;
		}
		/* Pages of one folio share the counts that would change. */
		for (k = 0; k < nr_pages(b->start, b->len); k++)
			expect(b->before[k].folio == 1, "a folio cannot be cut");
		munmap(b->start + keep, b->len - keep);
		b->len = keep;
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
	/* The pins of a folio are those of each of its pages. */
	for (k = 0; k < nr; k++)
		if (!k || pages[k].head != pages[k - 1].head)
			pins += pages[k].pins;
	return pins;
}

void expect_pinned(const void *start, size_t len)
{
	size_t nr = nr_pages(start, len), k;
	struct pin_trace_page pages[nr];

	count(start, len, pages);
	/* A folio may be pinned once for all of its pages, or for each. */
	for (k = 0; k < nr; k++)
		expect(pages[k].folio > 1 ? pages[k].pins : pages[k].pins == 1,
		       "page %zu of a registered buffer has %u pins", k,
		       pages[k].pins);
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
