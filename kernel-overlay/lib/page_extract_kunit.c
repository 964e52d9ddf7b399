// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of iov_iter_extract_pages() on memory of the kernel.
 */
#include <kunit/test.h>
#ifdef TREE_FOLIOQ
#include <linux/folio_queue.h>
#endif
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/page_extract.h>
#ifdef TREE_PIPE
#include <linux/pipe_fs_i.h>
#endif
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <linux/vmalloc.h>
#ifdef TREE_XARRAY
#include <linux/xarray.h>
#endif
#include "page_extract_kunit.h"

static void build_kvec(struct extract_memory *m, struct iov_iter *i,
		       const struct extract_seg *segs, unsigned int nr,
		       size_t count)
{
	unsigned int k;

	for (k = 0; k < nr; k++) {
		m->kvec[k].iov_base = (void *)(m->address + segs[k].at);
		m->kvec[k].iov_len = segs[k].len;
	}
	iov_iter_kvec(i, m->direction, m->kvec, nr, count);
}

static void test_kvec_kmalloc(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "kvec",
				    .build = build_kvec, .direction = WRITE };
	void *start = kunit_kzalloc(test, EXTRACT_SIZE, GFP_KERNEL);
	unsigned int k;

	KUNIT_ASSERT_NOT_NULL(test, start);
	KUNIT_ASSERT_TRUE(test, PAGE_ALIGNED(start));
	m.address = (unsigned long)start;
	for (k = 0; k < EXTRACT_PAGES; k++)
		m.pages[k] = virt_to_page(start + k * PAGE_SIZE);
	extract_fill(&m);
	extract_walk_all(&m);
}

static void test_kvec_vmalloc(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "vmalloc kvec",
				    .build = build_kvec, .direction = READ };
	void *start = vmalloc(EXTRACT_SIZE);
	unsigned int k;

	KUNIT_ASSERT_NOT_NULL(test, start);
	m.address = (unsigned long)start;
	for (k = 0; k < EXTRACT_PAGES; k++)
		m.pages[k] = vmalloc_to_page(start + k * PAGE_SIZE);
	extract_fill(&m);
	extract_walk_all(&m);
	vfree(start);
}

/* Segments that start beyond the first page of their entry. */
static void build_bvec(struct extract_memory *m, struct iov_iter *i,
		       const struct extract_seg *segs, unsigned int nr,
		       size_t count)
{
	unsigned int k;

	for (k = 0; k < nr; k++) {
		size_t first = k % 2 ? 0 : segs[k].at / PAGE_SIZE;

		m->bvec[k] = (struct bio_vec){ m->pages[first], segs[k].len,
					       segs[k].at - first * PAGE_SIZE };
	}
	iov_iter_bvec(i, m->direction, m->bvec, nr, count);
}

static void test_bvec(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "bvec",
				    .build = build_bvec, .direction = WRITE };
	unsigned int order = ilog2(EXTRACT_PAGES), k;
	struct page *first = alloc_pages(GFP_KERNEL, order);

	KUNIT_ASSERT_NOT_NULL(test, first);
#ifdef TREE_BVEC_JOINTS
	m.joints = true;
#endif
	split_page(first, order);
	for (k = 0; k < EXTRACT_PAGES; k++)
		m.pages[k] = first + k;
	extract_fill(&m);
	extract_walk_all(&m);
	for (k = 0; k < EXTRACT_PAGES; k++)
		__free_page(m.pages[k]);
}

static void alloc_scattered(struct extract_memory *m)
{
	unsigned int k;

	for (k = 0; k < EXTRACT_PAGES; k++) {
		m->pages[k] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(m->test, m->pages[k]);
	}
	extract_fill(m);
}

static void free_scattered(struct extract_memory *m)
{
	unsigned int k;

	for (k = 0; k < EXTRACT_PAGES; k++)
		__free_page(m->pages[k]);
}

#ifdef TREE_XARRAY
static DEFINE_XARRAY(cache);

static void build_xarray(struct extract_memory *m, struct iov_iter *i,
			 const struct extract_seg *segs, unsigned int nr,
			 size_t count)
{
	iov_iter_xarray(i, m->direction, &cache, segs[0].at, count);
}

static void test_xarray(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "xarray", .one = true,
				    .build = build_xarray, .direction = READ };
	struct extract_seg all = { 50, 4 * PAGE_SIZE };
	struct page *pages[EXTRACT_PAGES];
	struct iov_iter i;
	unsigned int k;
	size_t offset;

	alloc_scattered(&m);
	for (k = 0; k < EXTRACT_PAGES; k++)
		xa_store(&cache, k, m.pages[k], GFP_KERNEL);
	extract_walk_all(&m);

	/* A hole ends an extraction, and nothing is extracted from it. */
	xa_erase(&cache, 2);
	build_xarray(&m, &i, &all, 1, all.len);
	KUNIT_EXPECT_EQ(test, extract_once(&i, pages, SIZE_MAX, &offset),
			(ssize_t)(2 * PAGE_SIZE - 50));
	KUNIT_EXPECT_EQ(test, offset, (size_t)50);
	KUNIT_EXPECT_EQ(test, extract_once(&i, pages, SIZE_MAX, &offset),
			(ssize_t)0);
	KUNIT_EXPECT_EQ(test, iov_iter_count(&i), 2 * PAGE_SIZE + 50);
	xa_destroy(&cache);
	free_scattered(&m);
}

#endif
#ifdef TREE_FOLIOQ
static struct folio_queue queue;

static void build_folioq(struct extract_memory *m, struct iov_iter *i,
			 const struct extract_seg *segs, unsigned int nr,
			 size_t count)
{
	iov_iter_folio_queue(i, m->direction, &queue, segs[0].at / PAGE_SIZE,
			     segs[0].at % PAGE_SIZE, count);
}

static void test_folioq(struct kunit *test)
{
	struct extract_memory m = { .test = test, .kind = "folioq", .one = true,
				    .build = build_folioq, .direction = READ };
	unsigned int k;

	alloc_scattered(&m);
	memset(&queue, 0, sizeof(queue));
	for (k = 0; k < EXTRACT_PAGES; k++)
		folioq_append(&queue, page_folio(m.pages[k]));
	extract_walk_all(&m);
	free_scattered(&m);
}

#endif
#ifdef TREE_PIPE
/* Extract from a pipe; returns the first page, which is released again. */
static struct page *from_pipe(struct kunit *test, struct iov_iter *i,
			      size_t maxsize, size_t want_offset)
{
	struct page *pages[EXTRACT_PAGES];
	size_t offset = SIZE_MAX, k, nr;
	ssize_t len = extract_once(i, pages, maxsize, &offset);

	KUNIT_ASSERT_EQ(test, len, (ssize_t)maxsize);
	KUNIT_EXPECT_EQ(test, offset, want_offset);
	nr = DIV_ROUND_UP(offset + len, PAGE_SIZE);
	for (k = 0; k < nr; k++)
		KUNIT_EXPECT_EQ(test, page_ref_count(pages[k]),
				1 + GUP_PIN_COUNTING_BIAS);
	page_extract_release_pages(pages, nr, iov_iter_extract_will_pin(i));
	for (k = 0; k < nr; k++)
		KUNIT_EXPECT_EQ(test, page_ref_count(pages[k]), 1);
	return pages[nr - 1];
}

static void test_pipe(struct kunit *test)
{
	struct pipe_inode_info *pipe = alloc_pipe_info();
	struct page *pages[EXTRACT_PAGES];
	struct page *last, *next;
	struct iov_iter i;
	size_t offset;

	KUNIT_ASSERT_NOT_NULL(test, pipe);
	pipe->max_usage = 3;
	iov_iter_pipe(&i, READ, pipe, 6 * PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, iov_iter_extract_will_pin(&i));

	/* A page that is not full is gone on with. */
	last = from_pipe(test, &i, PAGE_SIZE + 100, 0);
	KUNIT_EXPECT_EQ(test, pipe_occupancy(pipe->head, pipe->tail), 2U);
	next = from_pipe(test, &i, 10, 100);
	KUNIT_EXPECT_PTR_EQ(test, next, last);
	KUNIT_EXPECT_EQ(test, pipe->bufs[1].len, 110U);

	from_pipe(test, &i, 2 * PAGE_SIZE - 110, 110);
	KUNIT_EXPECT_EQ(test, iov_iter_count(&i), 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, extract_once(&i, pages, PAGE_SIZE, &offset),
			(ssize_t)-EFAULT);
	free_pipe_info(pipe);
}

#endif
static void test_discard(struct kunit *test)
{
	struct page *pages[EXTRACT_PAGES];
	struct iov_iter i;
	size_t offset;

	iov_iter_discard(&i, READ, PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, iov_iter_extract_will_pin(&i));
	KUNIT_EXPECT_EQ(test, extract_once(&i, pages, PAGE_SIZE, &offset),
			(ssize_t)-EFAULT);
}

static struct kunit_case kernel_cases[] = {
	KUNIT_CASE(test_kvec_kmalloc),
	KUNIT_CASE(test_kvec_vmalloc),
	KUNIT_CASE(test_bvec),
#ifdef TREE_XARRAY
	KUNIT_CASE(test_xarray),
#endif
#ifdef TREE_FOLIOQ
	KUNIT_CASE(test_folioq),
#endif
#ifdef TREE_PIPE
	KUNIT_CASE(test_pipe),
#endif
	KUNIT_CASE(test_discard),
	{}
};

static struct kunit_suite kernel_suite = {
	.name = "page_extract",
	.test_cases = kernel_cases,
};

kunit_test_suites(&kernel_suite);
