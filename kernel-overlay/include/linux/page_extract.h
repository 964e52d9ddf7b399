/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What iov_iter_extract_pages() leaves to its callers: dropping pages that are
 * pinned or not, as the iterator had it, and sharing a pin.
 */
#ifndef _LINUX_PAGE_EXTRACT_H
#define _LINUX_PAGE_EXTRACT_H

#include <linux/types.h>
#ifdef TREE_EXTRACT
#include <linux/uio.h>
#else
#include <linux/iov_iter_extract.h>
#endif

struct page;

void page_extract_release(struct page *page, bool pinned);
void page_extract_release_pages(struct page **pages, long npages, bool pinned);
void page_extract_release_pages_dirty_lock(struct page **pages, long npages,
					   bool pinned, bool dirty);
void page_extract_add_pin(struct page *page);

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
#ifdef TREE_SERVE_PIPE
ssize_t page_extract_pipe(struct iov_iter *i, struct page ***pages,
			  size_t maxsize, unsigned int maxpages, size_t *offset);
#endif

#endif /* _LINUX_PAGE_EXTRACT_H */
