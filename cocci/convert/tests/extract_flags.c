// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static ssize_t pointer(struct iov_iter *iter, struct page **pages, size_t len)
{
	size_t offset;

	return iov_iter_get_pages(iter, pages, len, 16, &offset, ITER_ALLOW_P2PDMA); /* @extract-flags */
}

static ssize_t member(struct carrier *c, struct iov_iter *iter, size_t len,
		      iov_iter_extraction_t flags)
{
	size_t offset;
	ssize_t n;

	if (c->local)
		flags |= ITER_ALLOW_P2PDMA;
	n = iov_iter_get_pages(iter, c->pages, len, 16, &offset, flags); /* @extract-flags local=pages flag="c->pinned" */
	if (n <= 0)
		return n ? n : -EFAULT;
	return n;
}

static int condition(struct iov_iter *iter, struct carrier *c)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages(iter, &page, SZ_4K, 1, &offset, 0) < 0) /* @extract-flags local=pages */
		return -EFAULT;
	put_page(page); /* @unpin */
	return 0;
}

static ssize_t both(struct iov_iter *iter, struct carrier *c, struct page **at)
{
	size_t offset;
	ssize_t n;

	n = iov_iter_get_pages2(iter, at, SZ_4K, 4, &offset); /* @extract */
	if (!n)
		n = iov_iter_get_pages(iter, c->pages, SZ_4K, 4, &offset, 0); /* @extract-flags local=pages */
	return n;
}

/* drop what member() took */
static void drop(struct carrier *c)
{
	if (c->page)
		put_page(c->page); /* @unpin-if flag="c->pinned" */
}
