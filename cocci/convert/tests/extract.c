// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "extract.h" /* @include header=linux/page_extract.h */

static ssize_t pointer(struct iov_iter *iter, struct page **pages, size_t len)
{
	size_t offset;

	return iov_iter_get_pages2(iter, pages, len, 16, &offset); /* @extract */
}

static ssize_t member(struct carrier *c, struct iov_iter *iter, size_t len)
{
	size_t offset;
	ssize_t n;

	n = iov_iter_get_pages2(iter, c->pages, /* all */ len, /* @extract local=pages flag="c->npages_pinned" */
				CARRIER_PAGES, &offset);
	if (n <= 0)
		goto fail;
	return n;
fail:
	pr_debug("iov_iter_get_pages2() said %zd\n", n); /* @message old=iov_iter_get_pages2 new=iov_iter_extract_pages */
	return n ? n : -EFAULT;
}

static ssize_t single(struct iov_iter *iter, bool more)
{
	struct page *page;
	size_t offset;
	ssize_t n;

	if (more)
		n = iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset); /* @extract local=pages */
	else
		n = 0;
	if (n > 0)
		put_page(page); /* @unpin */
	return n;
}

static int condition(struct iov_iter *iter, struct carrier *c)
{
	size_t offset;

	if (iov_iter_get_pages2(iter, c->pages, SZ_4K, 4, &offset) < 0) /* @extract local=array */
		return -EFAULT;
	else
		return 0;
}

/* drop what member() took */
static void drop(struct carrier *c)
{
	int i;

	for (i = 0; i < c->npages; i++)
		put_page(c->pages[i]); /* @unpin-if flag="c->npages_pinned" */
}

/* a tree whose call leaves the iterator where it is */
static ssize_t stay(struct iov_iter *iter, struct carrier *c, size_t len)
{
	struct page **pages = c->pages;
	size_t offset;
	ssize_t n;

	n = iov_iter_get_pages(iter, pages, len, 4, &offset); /* @extract */
	if (n > 0)
		iov_iter_advance(iter, n);
	if (n == len)
		n = iov_iter_get_pages(iter, c->pages, len, 4, &offset); /* @extract local=array */
	return n;
}
