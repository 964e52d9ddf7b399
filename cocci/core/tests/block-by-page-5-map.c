// SPDX-License-Identifier: GPL-2.0-only
#include <linux/blkdev.h>
#include <linux/uio.h>

static int bio_map_user_iov(struct request *rq, struct iov_iter *iter, int nr)
{
	iov_iter_extraction_t extraction_flags = 0;
	struct page **pages, *few[8];
	struct bio *bio = start(rq);
	size_t offs;
	ssize_t bytes;

	bio_set_flag(bio, BIO_PAGE_REFFED);
	if (nr <= 8) {
		pages = few;
		bytes = iov_iter_get_pages(iter, pages, LONG_MAX, nr, &offs,
					   extraction_flags);
	} else {
		bytes = iov_iter_get_pages_alloc(iter, &pages, LONG_MAX, &offs,
						 extraction_flags);
	}
	return bytes < 0 ? bytes : add(bio, pages, bytes, offs);
}
