// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each extraction has to return, for every kind of iterator.
 *
 * The model knows segments and pages, and nothing of iterators. Data is compared
 * with a pattern that depends on the position, reference counts with what they
 * were.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/page_extract.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include "page_extract_kunit.h"

/* What one extraction is asked for, again and again until nothing is left. */
struct request {
	size_t maxsize;
	unsigned int maxpages;
	bool allocate;
};

static const struct request requests[] = {
	{ 1, 1 },
	{ 100, EXTRACT_PAGES },
	{ PAGE_SIZE, 1 },
	{ PAGE_SIZE, 2 },
	{ PAGE_SIZE - 1, EXTRACT_PAGES },
	{ 2 * PAGE_SIZE + 17, 2 },
	{ 3 * PAGE_SIZE, 3 },
	{ SIZE_MAX, 2 },
	{ SIZE_MAX, EXTRACT_PAGES },
	{ PAGE_SIZE + 1, EXTRACT_PAGES, true },
	{ SIZE_MAX, 3, true },
	{ SIZE_MAX, UINT_MAX, true },
};

static const struct layout {
	unsigned int nr;
	struct extract_seg segs[EXTRACT_SEGS];
} layouts[] = {
	{ 1, { { 0, 1 } } },
	{ 1, { { 0, PAGE_SIZE } } },
	{ 1, { { PAGE_SIZE - 1, 2 } } },
	{ 1, { { 100, 3 * PAGE_SIZE } } },
	{ 1, { { PAGE_SIZE + 1, PAGE_SIZE - 1 } } },
	{ 1, { { 0, EXTRACT_SIZE } } },
	{ 1, { { 0, 0 } } },
	{ 2, { { 0, PAGE_SIZE }, { PAGE_SIZE, PAGE_SIZE } } },
	{ 3, { { 4 * PAGE_SIZE, PAGE_SIZE }, { 7, 9 }, { PAGE_SIZE - 5, 10 } } },
	{ 5, { { 0, 0 }, { 10, 20 }, { 0, 0 }, { 2 * PAGE_SIZE, 3 * PAGE_SIZE },
	       { 5, 0 } } },
	{ 4, { { 3 * PAGE_SIZE + 1, 4 * PAGE_SIZE - 1 }, { 1, 1 },
	       { PAGE_SIZE / 2, 2 * PAGE_SIZE }, { 0, 1 } } },
};

/**
 * extract_byte - What the memory under test holds
 * @at: Where
 *
 * Return: the byte there; pages differ, and so do neighbours.
 */
u8 extract_byte(size_t at)
{
	return at * 7 + at / 251 + at / PAGE_SIZE * 31;
}

/**
 * extract_fill - Write the pattern into all pages
 * @m: The memory
 */
void extract_fill(struct extract_memory *m)
{
	size_t k, at;

	for (k = 0; k < EXTRACT_PAGES; k++) {
		u8 *to = kmap_local_page(m->pages[k]);

		for (at = 0; at < PAGE_SIZE; at++)
			to[at] = extract_byte(k * PAGE_SIZE + at);
		kunmap_local(to);
	}
}

/* The number of bytes of a page that are not as they should be. */
static size_t wrong_bytes(struct page *page, size_t offset, size_t len,
			  size_t at)
{
	u8 *from = kmap_local_page(page);
	size_t k, wrong = 0;

	for (k = 0; k < len; k++)
		wrong += from[offset + k] != extract_byte(at + k);
	kunmap_local(from);
	return wrong;
}

/* Whether a page is pinned, as far as its count can tell. */
static bool maybe_pinned(struct page *page)
{
#ifdef TREE_FOLIO_PINNED
	return folio_maybe_dma_pinned(page_folio(page));
#else
	return page_maybe_dma_pinned(page);
#endif
}

/* Compare the pages that hold @len bytes from @at on, and their counts. */
static void check_pages(struct extract_memory *m, struct page **pages,
			size_t at, size_t len, const int *before)
{
	struct kunit *test = m->test;
	size_t offset = at % PAGE_SIZE, k = 0;

	for (; len; k++) {
		size_t part = min_t(size_t, len, PAGE_SIZE - offset);
		size_t nr = at / PAGE_SIZE;

		KUNIT_ASSERT_PTR_EQ(test, pages[k], m->pages[nr]);
		KUNIT_EXPECT_EQ(test, wrong_bytes(pages[k], offset, part, at),
				(size_t)0);
		KUNIT_EXPECT_EQ(test, page_ref_count(pages[k]), before[nr] +
				(m->pins ? GUP_PIN_COUNTING_BIAS : 0));
		KUNIT_EXPECT_EQ(test, maybe_pinned(pages[k]), m->pins);
		at += part;
		len -= part;
		offset = 0;
	}
}

static void get_counts(struct extract_memory *m, int *counts)
{
	unsigned int k;

	for (k = 0; k < EXTRACT_PAGES; k++)
		counts[k] = page_ref_count(m->pages[k]);
}

/* Where the model is: at a byte of a segment. */
struct place {
	const struct layout *l;
	unsigned int k;
	size_t done;
};

/* Go to the segment that has the next byte; says if any was empty on the way. */
static bool pass_empty(struct place *p)
{
	bool empty = false;

	while (p->done == p->l->segs[p->k].len) {
		empty |= !p->l->segs[p->k].len;
		p->k++;
		p->done = 0;
	}
	return empty;
}

/* The most that one extraction can return: pages without a hole between them. */
static size_t most(const struct extract_memory *m, struct place p)
{
	const struct extract_seg *s = &p.l->segs[p.k];
	size_t len = s->len - p.done;

	while (m->joints && ++p.k < p.l->nr && s[1].len &&
	       PAGE_ALIGNED(s->at + s->len) && PAGE_ALIGNED(s[1].at)) {
		s++;
		len += s->len;
	}
	return len;
}

/* Compare the pages of the next bytes, and go on behind them. */
static void check_on(struct extract_memory *m, struct page **pages,
		     struct place *p, size_t len, const int *before)
{
	while (len) {
		const struct extract_seg *s = &p->l->segs[p->k];
		size_t part = min(len, s->len - p->done);
		size_t at = s->at + p->done;

		check_pages(m, pages, at, part, before);
		pages += DIV_ROUND_UP(at % PAGE_SIZE + part, PAGE_SIZE);
		p->done += part;
		len -= part;
		if (len) {
			p->k++;
			p->done = 0;
		}
	}
}

/* Extract once, with @left bytes to go; returns how many there were. */
static size_t step(struct extract_memory *m, struct iov_iter *i,
		   const struct request *r, struct place *p, size_t left)
{
	struct page *given[EXTRACT_PAGES + 2], **pages = given;
	int before[EXTRACT_PAGES], after[EXTRACT_PAGES];
	struct page *untouched = ERR_PTR(-EBADF);
	size_t offset, len, nr, got_offset = SIZE_MAX;
	struct kunit *test = m->test;
	bool empty = pass_empty(p);
	ssize_t got;

	offset = (p->l->segs[p->k].at + p->done) % PAGE_SIZE;
	len = min(most(m, *p), r->maxsize);
	if (r->maxpages < EXTRACT_PAGES + 1)
		len = min_t(size_t, len, r->maxpages * PAGE_SIZE - offset);
	memset_p((void **)given, untouched, ARRAY_SIZE(given));
	if (r->allocate)
		pages = NULL;
	get_counts(m, before);

	got = iov_iter_extract_pages(i, &pages, r->maxsize, r->maxpages, 0,
				     &got_offset);
	if (m->joints && got < (ssize_t)len) {
		/* Fewer pages, but one; none where it passes an empty segment. */
		KUNIT_ASSERT_TRUE(test, got > 0 ? PAGE_ALIGNED(offset + got) :
				  !got && empty);
		len = got;
	}
	KUNIT_ASSERT_EQ_MSG(test, got, (ssize_t)len, "%s at %zu: %zu, %u",
			    m->kind, p->done, r->maxsize, r->maxpages);
	nr = len ? DIV_ROUND_UP(offset + len, PAGE_SIZE) : 0;
	KUNIT_EXPECT_EQ(test, iov_iter_count(i), left - len);
	/* An empty segment may have left its page behind them. */
	if (!r->allocate)
		KUNIT_EXPECT_PTR_EQ(test, given[nr + m->joints], untouched);
	if (len)
		KUNIT_EXPECT_EQ(test, got_offset, offset);
	check_on(m, pages, p, len, before);

	page_extract_release_pages(pages, nr, iov_iter_extract_will_pin(i));
	get_counts(m, after);
	KUNIT_EXPECT_EQ(test, memcmp(before, after, sizeof(before)), 0);
	if (r->allocate)
		kvfree(pages);
	return len;
}

/**
 * extract_once - Extract into an array of EXTRACT_PAGES
 * @i: The iterator
 * @pages: The array
 * @maxsize: How much to extract
 * @offset: Where to return the offset in the first page
 *
 * Return: what iov_iter_extract_pages() returns.
 */
ssize_t extract_once(struct iov_iter *i, struct page **pages, size_t maxsize,
		     size_t *offset)
{
	return iov_iter_extract_pages(i, &pages, maxsize, EXTRACT_PAGES, 0,
				      offset);
}

static void walk(struct extract_memory *m, const struct layout *l,
		 const struct request *r)
{
	struct page *pages[EXTRACT_PAGES];
	struct place p = { .l = l };
	size_t left = 0, offset;
	struct iov_iter i;
	unsigned int k;

	for (k = 0; k < l->nr; k++)
		left += l->segs[k].len;
	m->build(m, &i, l->segs, l->nr, left);
	KUNIT_EXPECT_EQ(m->test, iov_iter_extract_will_pin(&i), m->pins);

	while (left)
		left -= step(m, &i, r, &p, left);
	KUNIT_EXPECT_EQ(m->test, extract_once(&i, pages, SIZE_MAX, &offset),
			(ssize_t)0);
}

/**
 * extract_walk_all - Extract every layout by every request
 * @m: The memory, filled
 */
void extract_walk_all(struct extract_memory *m)
{
	unsigned int k, j;

	for (k = 0; k < ARRAY_SIZE(layouts); k++) {
		if (m->one && layouts[k].nr > 1)
			continue;
		for (j = 0; j < ARRAY_SIZE(requests); j++)
			walk(m, &layouts[k], &requests[j]);
	}
}
