// SPDX-License-Identifier: GPL-2.0-only
/* Memory of every kind that user space can hand to the kernel. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>
#include "init.h"
#include "kinds.h"
#include "work.h"

#define RING_BLOCK	(16 * PAGE)
#define HUGE		(512UL * PAGE)
#define NR_HUGE		"48"

const char *const memory_names[NR_MEMORY] = {
	[PRIVATE] = "private", [RING] = "ring", [THP] = "thp",
	[HUGETLB] = "hugetlb", [SHARED] = "file",
};

enum memory buffer_kind;

/* How far in front of the joint of two folios a buffer starts. */
static size_t before_joint(size_t len, size_t folio)
{
	size_t half = (len / 2 + PAGE - 1) / PAGE * PAGE;

	return half < folio ? half : folio;
}

static void *map(size_t len, int flags, int fd)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	expect(at != MAP_FAILED, "mmap: %s", strerror(errno));
	return at;
}

void map_plain(struct mapping *m, size_t len, int flags, int fd)
{
	m->len = len;
	m->base = map(len, flags, fd);
	m->at = m->base;
}

/* Each block of a ring for packets is a folio that the kernel allocated. */
static void map_ring(struct mapping *m, size_t len)
{
	size_t before = before_joint(len, RING_BLOCK);
	struct tpacket_req ring = {
		.tp_block_size = RING_BLOCK, .tp_frame_size = PAGE,
		.tp_block_nr = 1 + (len - before + RING_BLOCK - 1) / RING_BLOCK,
	};
	/* No protocol: nothing is received. */
	int fd = MUST(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));

	ring.tp_frame_nr = ring.tp_block_nr * (RING_BLOCK / PAGE);
	MUST(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)));
	m->len = ring.tp_block_nr * RING_BLOCK;
	m->base = map(m->len, MAP_SHARED, fd);
	m->at = m->base + RING_BLOCK - before;
	close(fd);
}

static void map_huge(struct mapping *m, size_t len, int flags)
{
	size_t before = before_joint(len, HUGE);
	size_t size = HUGE + (len - before + HUGE - 1) / HUGE * HUGE;
	char *first;

	m->len = size + (flags ? 0 : HUGE);
	m->base = map(m->len, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1);
	first = (char *)(((uintptr_t)m->base + HUGE - 1) & ~(HUGE - 1));
	if (!flags)
		MUST(madvise(first, size, MADV_HUGEPAGE));
	m->at = first + HUGE - before;
}

static void map_hugetlb(struct mapping *m, size_t len)
{
	put_text("/proc/sys/vm/nr_hugepages", NR_HUGE);
	map_huge(m, len, MAP_HUGETLB);
}

/* A file of a file system that writes its pages back. */
static void map_file(struct mapping *m, size_t len)
{
	static unsigned int number;
	char path[32], *zeros = calloc(1, len);
	int fd;

	if (!number) {
		mkdir_p(FILES);
		if (!report->files[0])
			skip("no image for files that are mapped");
		MUST(mount(report->files, FILES, "ext4", 0, NULL));
	}
	snprintf(path, sizeof(path), FILES "/%u", number++);
	fd = MUST(open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
	expect(zeros && write(fd, zeros, len) == (ssize_t)len, "short write");
	/* A page has all that it is given for being written back. */
	MUST(fsync(fd));
	map_plain(m, len, MAP_SHARED, fd);
	free(zeros);
	close(fd);
}

void map_memory(struct mapping *m, size_t len)
{
	switch (buffer_kind) {
	case RING:
		map_ring(m, len);
		break;
	case THP:
		map_huge(m, len, 0);
		break;
	case HUGETLB:
		map_hugetlb(m, len);
		break;
	case SHARED:
		map_file(m, len);
		break;
	default:
		map_plain(m, len, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	}
}
