// SPDX-License-Identifier: GPL-2.0-only
/* Futexes: what only looks at pages. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "../work.h"

static uint32_t *word;

static void wake(void *unused)
{
	(void)unused;
	usleep(50000);
	MUST(syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0));
}

/* A shared futex: its page is looked at, never its data kept. */
static void futex(void)
{
	struct timespec limit = { .tv_sec = 10 };

	word = buffer_of(PAGE, MAP_SHARED, -1);
	thread(wake, NULL);
	MUST(syscall(SYS_futex, word, FUTEX_WAIT, 0, &limit, NULL, 0));
	join();
	moved(sizeof(*word));
}

WORKLOAD(w_futex, "futex", NULL, futex);

/* Waiting where the memory can only be read. */
static void futex_read_only(void)
{
	struct timespec limit = { .tv_sec = 10 };
	int fd = MUST(memfd_create("futex", 0));
	uint32_t *read_only;

	MUST(ftruncate(fd, PAGE));
	word = buffer_of(PAGE, MAP_SHARED, fd);
	read_only = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	expect(read_only != MAP_FAILED, "mmap: %s", strerror(errno));
	thread(wake, NULL);
	MUST(syscall(SYS_futex, read_only, FUTEX_WAIT, 0, &limit, NULL, 0));
	join();
	munmap(read_only, PAGE);
	moved(sizeof(*word));
}

WORKLOAD(w_futex_read_only, "futex-read-only", NULL, futex_read_only);
