// SPDX-License-Identifier: GPL-2.0-only
/* As many pages are dropped as the bytes asked for would fill. */
#include <linux/mm.h>
#include <linux/uio.h>

ssize_t pipe_fill(struct iovec *iov, size_t len)
{
	struct page *row[16], **pages = row;
	unsigned int full = DIV_ROUND_UP(len, PAGE_SIZE);
	struct iov_iter iter;
	size_t from;
	ssize_t got;

	iov_iter_init(&iter, ITER_DEST, iov, 1, len);
	got = iov_iter_extract_pages(&iter, &pages, len, 16, 0, &from);
	if (got < 0)
		return got;
	memset(page_address(pages[0]), 1, 8);
	unpin_user_pages_dirty_lock(pages, full, true); /* @count-not-taken */
	return got;
}

ssize_t pipe_drain(struct iovec *iov, size_t len)
{
	struct page *row[16], **pages = row;
	int full = DIV_ROUND_UP(len, PAGE_SIZE), i;
	struct iov_iter iter;
	size_t from;
	ssize_t got;

	iov_iter_init(&iter, ITER_SOURCE, iov, 1, len);
	got = iov_iter_extract_pages(&iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	for (i = 0; i < full; i++)
		unpin_user_page(pages[i]); /* @count-not-taken */
	return got;
}

ssize_t pipe_whole(struct iovec *iov, size_t len)
{
	struct page *row[16], **pages = row;
	unsigned int full = DIV_ROUND_UP(len, PAGE_SIZE);
	struct iov_iter iter;
	size_t from;
	ssize_t got;

	iov_iter_init(&iter, ITER_SOURCE, iov, 1, len);
	got = iov_iter_extract_pages(&iter, &pages, len, 16, 0, &from);
	if (got < 0)
		return got;
	if (got < len)
		full = DIV_ROUND_UP(from + got, PAGE_SIZE);
	unpin_user_pages(pages, full);
	return got;
}
