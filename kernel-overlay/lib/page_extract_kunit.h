/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of extraction share: memory, and a model to compare with. */
#ifndef _PAGE_EXTRACT_KUNIT_H
#define _PAGE_EXTRACT_KUNIT_H

#include <kunit/test.h>
#include <linux/bvec.h>
#include <linux/page_extract.h>
#include <linux/uio.h>

#define EXTRACT_PAGES	8
#define EXTRACT_SEGS	5
#define EXTRACT_SIZE	(EXTRACT_PAGES * PAGE_SIZE)

/**
 * struct extract_seg - A segment of the memory under test
 * @at: Where it starts
 * @len: Its length, which may be zero
 */
struct extract_seg {
	size_t at;
	size_t len;
};

/**
 * struct extract_memory - The memory under test, and how to iterate over it
 * @test: The test that is running
 * @kind: The kind of iterator, for messages
 * @pages: The pages in their order
 * @address: Where they are mapped one after the other, or 0
 * @pins: Whether extraction has to pin them
 * @one: Whether only a single segment can be described
 * @joints: Whether an extraction may go on from segment to segment, and end at
 *	any page
 * @direction: ITER_SOURCE or ITER_DEST
 * @build: Makes an iterator over some segments
 * @iov: Room for @build
 * @kvec: Room for @build
 * @bvec: Room for @build
 */
struct extract_memory {
	struct kunit *test;
	const char *kind;
	struct page *pages[EXTRACT_PAGES];
	unsigned long address;
	bool pins;
	bool one;
	bool joints;
	unsigned int direction;
	void (*build)(struct extract_memory *m, struct iov_iter *i,
		      const struct extract_seg *segs, unsigned int nr,
		      size_t count);
	struct iovec iov[EXTRACT_SEGS];
	struct kvec kvec[EXTRACT_SEGS];
	struct bio_vec bvec[EXTRACT_SEGS];
};

/* Skip a test of memory that is missing or protected: without an MMU none is. */
static inline void extract_needs_mmu(struct kunit *test)
{
#if !defined(CONFIG_MMU) && defined(kunit_skip)
	kunit_skip(test, "all memory is there, and writable");
#endif
}

u8 extract_byte(size_t at);
void extract_fill(struct extract_memory *m);
void extract_walk_all(struct extract_memory *m);
ssize_t extract_once(struct iov_iter *i, struct page **pages, size_t maxsize,
		     size_t *offset);

#endif /* _PAGE_EXTRACT_KUNIT_H */
