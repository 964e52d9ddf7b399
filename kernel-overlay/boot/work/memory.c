// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that the kernel looks for by their address, and then holds by a reference.
 *
 * A pin would be wrong here: a page that is pinned cannot be moved away.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../work.h"

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif

#define LEN		(4 * PAGE)
#define NODES		2

static long kib_offline(void)
{
	char text[8192], *at;
	FILE *file = fopen("/proc/meminfo", "re");
	size_t len;

	expect(file, "no /proc/meminfo");
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	at = strstr(text, "HardwareCorrupted:");
	if (!at)
		skip("no page can be taken offline in this kernel");
	return atol(at + strlen("HardwareCorrupted:"));
}

static char *pages(unsigned int seed)
{
	char *area = mmap(NULL, LEN, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect(area != MAP_FAILED, "mmap: %s", strerror(errno));
	pattern(area, LEN, seed);
	return area;
}

/* The data moves to other pages; none of the old ones is ever used again. */
static void soft_offline(void)
{
	char *beside = buffer(LEN), *area;
	long before = kib_offline();

	pattern(beside, LEN, 1);
	area = pages(2);
	MUST(madvise(area + PAGE, 2 * PAGE, MADV_SOFT_OFFLINE));
	expect(kib_offline() == before + 2 * PAGE / 1024,
	       "%ld KiB are offline, %ld were", kib_offline(), before);
	expect(!pins_of(area, LEN), "a page is pinned");
	pattern_check("moved", area, LEN, 2);
	pattern_check("beside it", beside, LEN, 1);
	munmap(area, LEN);
}

WORKLOAD(w_soft_offline, "madvise-soft-offline", NULL, soft_offline);

static sigjmp_buf out;

static void on_bus_error(int number)
{
	siglongjmp(out, number);
}

/* The data is lost, and whoever asks for it is told. */
static void poison(void)
{
	struct sigaction action = { .sa_handler = on_bus_error };
	volatile char *lost;
	long before = kib_offline();
	char *area = pages(3);

	MUST(sigaction(SIGBUS, &action, NULL));
	lost = area + PAGE;
	/* Newer kernels tell whoever asked for it as well. */
	if (sigsetjmp(out, 1) == 0)
		MUST(madvise(area + PAGE, PAGE, MADV_HWPOISON));
	expect(kib_offline() == before + PAGE / 1024,
	       "%ld KiB are offline, %ld were", kib_offline(), before);
	if (sigsetjmp(out, 1) == 0) {
		(void)*lost;
		fail("a lost page can be read");
	}
	pattern_check("in front of it", area, PAGE, 3);
	munmap(area, LEN);
}

WORKLOAD(w_poison, "madvise-hwpoison", NULL, poison);

/* On which node a page is. */
static void node_of_page(void)
{
	unsigned long mask;
	int node, found = -1;
	char *area;

	if (syscall(SYS_get_mempolicy, NULL, NULL, 0, NULL, 0) &&
	    errno == ENOSYS)
		skip("no NUMA in this kernel");
	for (node = 0; node < NODES; node++) {
		area = mmap(NULL, LEN, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		expect(area != MAP_FAILED, "mmap: %s", strerror(errno));
		mask = 1UL << node;
		MUST(syscall(SYS_mbind, area, LEN, MPOL_BIND, &mask,
			     8 * sizeof(mask), 0));
		pattern(area, LEN, node);
		MUST(syscall(SYS_get_mempolicy, &found, NULL, 0,
			     area + 2 * PAGE + 77, MPOL_F_NODE | MPOL_F_ADDR));
		expect(found == node, "a page of node %d is on %d", node,
		       found);
		expect(!pins_of(area, LEN), "a page is pinned");
		pattern_check("memory", area, LEN, node);
		munmap(area, LEN);
	}
	area = buffer(LEN);
	MUST(syscall(SYS_get_mempolicy, &found, NULL, 0, area,
		     MPOL_F_NODE | MPOL_F_ADDR));
	expect(found >= 0 && found < NODES, "there is no node %d", found);
}

WORKLOAD(w_node, "mempolicy-node", NULL, node_of_page);
