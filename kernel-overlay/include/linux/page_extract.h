/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers for the pages that iov_iter_extract_pages() listed. */
#ifndef _LINUX_PAGE_EXTRACT_H
#define _LINUX_PAGE_EXTRACT_H

#include <linux/types.h>

#ifdef TREE_SERVE_PIPE
struct iov_iter;
#endif
struct page;

void page_extract_release(struct page *page, bool pinned);
void page_extract_release_pages(struct page **pages, long npages, bool pinned);
void page_extract_release_pages_dirty_lock(struct page **pages, long npages,
					   bool pinned, bool dirty);
void page_extract_add_pin(struct page *page);
#ifdef TREE_SERVE_PIPE
ssize_t page_extract_pipe(struct iov_iter *i, struct page ***pages,
			  size_t maxsize, unsigned int maxpages, size_t *offset);
#endif

#endif /* _LINUX_PAGE_EXTRACT_H */
