// SPDX-License-Identifier: GPL-2.0-only
static int bio_map_user_iov(struct request *rq, struct iov_iter *iter, int nr)
{
	struct bio *bio = start(rq, nr);
	struct page **pages;
	size_t offs;
	ssize_t bytes;

	bio_set_flag(bio, BIO_PAGE_REFFED);
	bytes = iov_iter_get_pages_alloc(iter, &pages, LONG_MAX, &offs);
	if (bytes <= 0)
		return bytes;

	iov_iter_advance(iter, add(bio, pages, bytes, offs));
	return 0;
}

/* must not change: what is copied is in pages of the bio's own */
static int bio_copy_user_iov(struct request *rq, struct iov_iter *iter)
{
	struct bio *bio = start(rq, 1);

	bio_set_flag(bio, BIO_PAGE_REFFED);
	return copy(bio, iter);
}
