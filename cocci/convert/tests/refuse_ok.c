// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static ssize_t head_of_loop(struct iov_iter *iter, struct page **pages)
{
	size_t offset;
	ssize_t n;

	while ((n = iov_iter_get_pages2(iter, pages, 1, 1, &offset)) > 0) /* @extract refuse="iov_iter_is_kvec(iter)" result=n refused="head of a loop" */
		put_page(pages[0]);
	return n;
}

static ssize_t declaration(struct iov_iter *iter, struct page **pages)
{
	size_t offset;
	ssize_t n = iov_iter_get_pages2(iter, pages, 1, 1, &offset); /* @extract refuse="iov_iter_is_kvec(iter)" result=n refused="was not made" */

	return n;
}

static ssize_t sum(struct iov_iter *iter, struct page **pages)
{
	size_t offset;
	ssize_t n = 0;

	n += iov_iter_get_pages2(iter, pages, 1, 1, &offset); /* @extract refuse="iov_iter_is_kvec(iter)" result=n refused="was not made" */
	return n + 1;
}
