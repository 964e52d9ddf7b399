// SPDX-License-Identifier: GPL-2.0-only
static int __bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = (struct page **)bio->bi_io_vec;
	size_t offset;
	ssize_t size;

	size = iov_iter_get_pages(iter, pages, LONG_MAX, 4, &offset);
	if (size <= 0)
		return size;

	iov_iter_advance(iter, add(bio, pages, size, offset));
	return 0;
}

int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	bio_set_flag(bio, BIO_PAGE_REFFED);

	return __bio_iov_iter_get_pages(bio, iter);
}

/* The forms of an older kernel. */
static int __bio_iov_append_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = (struct page **)bio->bi_io_vec;
	size_t offset;
	ssize_t size;

	size = iov_iter_get_pages(iter, pages, LONG_MAX, 4, &offset);
	return size;
}

int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	const bool is_bvec = iov_iter_is_bvec(iter);

	if (!is_bvec)
		bio_set_flag(bio, BIO_PAGE_REFFED);

	return is_bvec ? add(bio, iter) : __bio_iov_append_get_pages(bio, iter);
}

/* must not change: no pages for a bio */
static int peek(struct iov_iter *iter, struct page **pages)
{
	size_t offset;

	return iov_iter_get_pages(iter, pages, LONG_MAX, 4, &offset);
}
