// SPDX-License-Identifier: GPL-2.0-only
#include <linux/highmem.h>
#include <linux/xarray.h>

static int __bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = (struct page **)bio->bi_io_vec;
	unsigned int gup_flags = 0;
	size_t offset;
	ssize_t size;

	if (may_be_peers(bio))
		gup_flags |= FOLL_PCI_P2PDMA;

	size = iov_iter_get_pages(iter, pages, UINT_MAX, 4, &offset,
				  gup_flags);
	return size < 0 ? size : add(bio, pages, size, offset);
}

int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	bio_set_flag(bio, BIO_PAGE_REFFED);

	return __bio_iov_iter_get_pages(bio, iter);
}

/* must not change: other flags */
static int dump(unsigned long addr, struct page **pages)
{
	unsigned int gup_flags = 0;

	gup_flags |= FOLL_PCI_P2PDMA;
	return get(addr, gup_flags, pages);
}
