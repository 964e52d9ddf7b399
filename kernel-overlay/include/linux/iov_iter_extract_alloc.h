/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What callers of iov_iter_get_pages*() need besides iov_iter_extract_pages(),
 * for the end of linux/uio.h; what is above the line below stays here.
 */
/* ---- */
ssize_t iov_iter_extract_pages_alloc(struct iov_iter *i, struct page ***pages,
				     size_t maxsize, size_t *offset);
#ifndef TREE_GET_PAGES2
ssize_t iov_iter_extract_pages_noadvance(struct iov_iter *i,
					 struct page ***pages, size_t maxsize,
					 unsigned int maxpages,
					 iov_iter_extraction_t extraction_flags,
					 size_t *offset0);
ssize_t iov_iter_extract_pages_alloc_noadvance(struct iov_iter *i,
					       struct page ***pages,
					       size_t maxsize, size_t *offset);
#endif
