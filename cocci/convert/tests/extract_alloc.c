// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/page_extract.h> /* @include header=linux/page_extract.h */

static ssize_t take(struct iov_iter *iter, struct request *rq, size_t len)
{
	struct page **pages;
	size_t start;
	ssize_t n;

	n = iov_iter_get_pages_alloc2(iter, &pages, len, /* in page */ &start); /* @extract-alloc flag=rq->pinned */
	if (n < 0)
		return n;
	rq->pages = pages;
	return iov_iter_get_pages_alloc2(&rq->iter, &rq->pages, len, &start); /* @extract-alloc */
}

/* a tree whose call leaves the iterator where it is */
static ssize_t stay(struct iov_iter *iter, struct request *rq, size_t len)
{
	size_t start;
	ssize_t n;

	n = iov_iter_get_pages_alloc(iter, &rq->pages, len, &start); /* @extract-alloc */
	if (n > 0)
		iov_iter_advance(iter, n);
	return n;
}
