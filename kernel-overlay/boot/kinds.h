/* SPDX-License-Identifier: GPL-2.0-only */
/* What the buffers of a workload are made of. */
#ifndef KINDS_H
#define KINDS_H

#include <stddef.h>

/* Where files are whose pages are buffers. */
#define FILES	"/files"

/**
 * enum memory - Where the pages of a buffer come from
 * @PRIVATE: One by one, for this process
 * @RING: A packet socket's ring, in large folios of the kernel's own
 * @THP: Transparent huge pages
 * @HUGETLB: Huge pages that were set aside
 * @SHARED: The page cache of a file
 */
enum memory { PRIVATE, RING, THP, HUGETLB, SHARED, NR_MEMORY };

extern const char *const memory_names[NR_MEMORY];

/* The kind of memory that buffer() returns. */
extern enum memory buffer_kind;

/**
 * struct mapping - Memory for a buffer
 * @base: What was mapped
 * @len: Its length
 * @at: Where the buffer is in it: over the joint of two folios if they are large
 */
struct mapping {
	char *base;
	size_t len;
	char *at;
};

/* Map memory as mmap() does, or of the kind of buffer_kind. */
void map_plain(struct mapping *m, size_t len, int flags, int fd);
void map_memory(struct mapping *m, size_t len);

#endif /* KINDS_H */
