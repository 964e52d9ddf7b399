// SPDX-License-Identifier: GPL-2.0-only
/* What only looks at pages: futexes, and the kernel's own test of taking them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* mm/gup_test.h, which is not among the headers for user space. */
struct gup_test {
	uint64_t get_delta_usec, put_delta_usec, addr, size;
	uint32_t nr_pages_per_call, gup_flags, test_flags, which_pages[8];
};

#define GUP_FAST_BENCHMARK	_IOWR('g', 1, struct gup_test)
#define PIN_FAST_BENCHMARK	_IOWR('g', 2, struct gup_test)
#define GUP_WRITE		1

static void take_and_drop(void)
{
	const unsigned int commands[] = { GUP_FAST_BENCHMARK,
					  PIN_FAST_BENCHMARK };
	char *at = buffer(8 * PAGE);
	int fd = open("/sys/kernel/debug/gup_test", O_RDWR | O_CLOEXEC);
	unsigned int k;

	if (fd < 0)
		skip("no gup_test in this kernel");
	for (k = 0; k < 2; k++) {
		struct gup_test test = {
			.addr = (uintptr_t)at, .size = 8 * PAGE,
			.nr_pages_per_call = 3, .gup_flags = GUP_WRITE,
		};

		MUST(ioctl(fd, commands[k], &test));
		expect(test.size == 8 * PAGE, "took %llu bytes",
		       (unsigned long long)test.size);
	}
}

WORKLOAD(w_gup_test, "gup-test", NULL, take_and_drop);
