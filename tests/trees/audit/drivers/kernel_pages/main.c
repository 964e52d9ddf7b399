// SPDX-License-Identifier: GPL-2.0-only
/* What a bio_vec lists is unpinned as if it had been pinned; the twins ask. */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/uio.h>

static ssize_t drum_take(struct iov_iter *iter, size_t len)
{
	struct page *row[16], **pages = row;
	size_t from;
	ssize_t got;
	int n, i;

	got = iov_iter_extract_pages(iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	n = DIV_ROUND_UP(got + from, PAGE_SIZE);
	for (i = 0; i < n; i++)
		unpin_user_page(pages[i]); /* @unconditional-unpin */
	return got;
}

static ssize_t drum_ask(struct iov_iter *iter, size_t len)
{
	struct page *row[16], **pages = row;
	bool pinned = iov_iter_extract_will_pin(iter);
	size_t from;
	ssize_t got;

	got = iov_iter_extract_pages(iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	if (pinned)
		unpin_user_pages(pages, DIV_ROUND_UP(got + from, PAGE_SIZE));
	return got;
}

static ssize_t drum_own(struct iovec *iov, size_t len)
{
	struct page *row[16], **pages = row;
	struct iov_iter iter;
	size_t from;
	ssize_t got;

	iov_iter_init(&iter, ITER_SOURCE, iov, 1, len);
	got = iov_iter_extract_pages(&iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	unpin_user_pages(pages, DIV_ROUND_UP(got + from, PAGE_SIZE));
	return got;
}

ssize_t drum_send(struct bio_vec *bv, struct iovec *iov, size_t len)
{
	struct iov_iter iter;
	ssize_t sum;

	iov_iter_bvec(&iter, ITER_SOURCE, bv, 4, len);
	sum = drum_take(&iter, len);
	iov_iter_bvec(&iter, ITER_SOURCE, bv, 4, len);
	sum += drum_ask(&iter, len);
	iov_iter_init(&iter, ITER_SOURCE, iov, 1, len);
	sum += drum_take(&iter, len);
	return sum + drum_own(iov, len);
}
