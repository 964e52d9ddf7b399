// SPDX-License-Identifier: GPL-2.0-only
/* Pages of a bio_vec are used after the I/O was said to be done. */
#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/uio.h>

static ssize_t wave_late(struct kiocb *iocb, struct iov_iter *iter, size_t len)
{
	struct page *row[16], **pages = row;
	bool pinned = iov_iter_extract_will_pin(iter);
	size_t from;
	ssize_t got;

	got = iov_iter_extract_pages(iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	iocb->ki_complete(iocb, got);
	memset(page_address(pages[0]), 0, 8); /* @used-after-completion */
	if (pinned)
		unpin_user_pages_dirty_lock(pages, DIV_ROUND_UP(got + from, PAGE_SIZE),
					    true);
	return -EIOCBQUEUED;
}

static ssize_t wave_early(struct kiocb *iocb, struct iov_iter *iter, size_t len)
{
	struct page *row[16], **pages = row;
	bool pinned = iov_iter_extract_will_pin(iter);
	size_t from;
	ssize_t got;

	got = iov_iter_extract_pages(iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	memset(page_address(pages[0]), 0, 8);
	if (pinned)
		unpin_user_pages_dirty_lock(pages, DIV_ROUND_UP(got + from, PAGE_SIZE),
					    true);
	iocb->ki_complete(iocb, got);
	return -EIOCBQUEUED;
}

static ssize_t wave_own(struct kiocb *iocb, struct iovec *iov, size_t len)
{
	struct page *row[16], **pages = row;
	struct iov_iter iter;
	size_t from;
	ssize_t got;

	iov_iter_init(&iter, ITER_DEST, iov, 1, len);
	got = iov_iter_extract_pages(&iter, &pages, len, 16, 0, &from);
	if (got <= 0)
		return got;
	iocb->ki_complete(iocb, got);
	memset(page_address(pages[0]), 0, 8);
	unpin_user_pages_dirty_lock(pages, DIV_ROUND_UP(got + from, PAGE_SIZE), true);
	return -EIOCBQUEUED;
}

ssize_t wave_send(struct kiocb *iocb, struct bio_vec *bv, struct iovec *iov, size_t len)
{
	struct iov_iter iter;
	ssize_t sum;

	iov_iter_bvec(&iter, ITER_DEST, bv, 4, len);
	sum = wave_late(iocb, &iter, len);
	iov_iter_bvec(&iter, ITER_DEST, bv, 4, len);
	return sum + wave_early(iocb, &iter, len) + wave_own(iocb, iov, len);
}
