// SPDX-License-Identifier: GPL-2.0-only
#include <linux/highmem.h>
#include <linux/xarray.h>

static int __bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = (struct page **)bio->bi_io_vec;
	size_t offset;
	ssize_t size;

	size = iov_iter_get_pages2(iter, pages, UINT_MAX, 4, &offset);
	return size < 0 ? size : add(bio, pages, size, offset);
}

int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	bio_set_flag(bio, BIO_PAGE_REFFED);

	return __bio_iov_iter_get_pages(bio, iter);
}

/* must not change: another bio, another flag */
static void zero(struct bio *bio)
{
	bio_set_flag(bio, BIO_PAGE_REFFED);
}
