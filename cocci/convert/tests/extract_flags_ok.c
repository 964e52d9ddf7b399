// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static ssize_t head_of_loop(struct iov_iter *iter, struct page **pages)
{
	struct page *page;
	size_t offset;
	ssize_t n;

	while ((n = iov_iter_get_pages(iter, &page, 1, 1, &offset, 0)) > 0) /* @extract-flags local=pages refused="head of a loop" */
		put_page(page);
	return n;
}

static ssize_t without_flags(struct iov_iter *iter, struct page **pages)
{
	size_t offset;

	return iov_iter_get_pages(iter, pages, 1, 1, &offset); /* @extract-flags refused="was not made" */
}

static ssize_t declaration(struct iov_iter *iter, struct carrier *c)
{
	size_t offset;
	ssize_t n = iov_iter_get_pages(iter, c->pages, 1, 1, &offset, 0); /* @extract-flags local=pages refused="was not" */

	return n;
}
