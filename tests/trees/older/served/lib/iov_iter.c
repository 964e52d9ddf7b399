// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/pagemap.h>

static ssize_t pages_of_user(struct iov_iter *i, struct page ***pages,
			     size_t maxsize, unsigned int maxpages, size_t *start,
			     unsigned int gup_flags)
{
	int got;

	if (!user_backed_iter(i))
		return -EFAULT;
	got = get_user_pages_fast(first_segment(i, &maxsize), maxpages, gup_flags,
				  *pages);
	return got < 0 ? got : min_t(size_t, maxsize, got * PAGE_SIZE - *start);
}

ssize_t iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
			    size_t maxsize, unsigned int maxpages, size_t *start)
{
	return pages_of_user(i, &pages, maxsize, maxpages, start, 0);
}

/**
 * iov_iter_extract_pages - List pages of an iterator, which is moved on
 *
 *  (*) If the iterator is ITER_KVEC, ITER_BVEC or ITER_XARRAY, the pages are
 *      only listed.
 */
ssize_t iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
			       size_t maxsize, unsigned int maxpages,
			       iov_iter_extraction_t extraction_flags,
			       size_t *offset0)
{
	if (user_backed_iter(i))
		return pin_pages_of_user(i, pages, maxsize, maxpages, offset0);
	if (iov_iter_is_bvec(i) || iov_iter_is_kvec(i) || iov_iter_is_xarray(i))
		return list_pages(i, pages, maxsize, maxpages, offset0);
	return -EFAULT;
}
EXPORT_SYMBOL_GPL(iov_iter_extract_pages);
