/* SPDX-License-Identifier: GPL-2.0-only */
/* What --wrap calls: __wrap_X is called for X, and X itself is __real_X. */
#ifndef PIN_TRACE_CALLS_H
#define PIN_TRACE_CALLS_H

#include <linux/types.h>

struct bio_vec;
struct folio;
struct iov_iter;
struct page;
struct pin_trace_count;

int pin_trace_count(const struct pin_trace_count *asked);

ssize_t __real_iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
				   size_t maxsize, unsigned int maxpages,
				   size_t *start);
ssize_t __wrap_iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
				   size_t maxsize, unsigned int maxpages,
				   size_t *start);
ssize_t __real_iov_iter_get_pages_alloc2(struct iov_iter *i,
					 struct page ***pages, size_t maxsize,
					 size_t *start);
ssize_t __wrap_iov_iter_get_pages_alloc2(struct iov_iter *i,
					 struct page ***pages, size_t maxsize,
					 size_t *start);
ssize_t __real_iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
				      size_t maxsize, unsigned int maxpages,
				      unsigned int flags, size_t *offset);
ssize_t __wrap_iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
				      size_t maxsize, unsigned int maxpages,
				      unsigned int flags, size_t *offset);
ssize_t __real_iov_iter_extract_pages_alloc(struct iov_iter *i,
					    struct page ***pages,
					    size_t maxsize, size_t *offset);
ssize_t __wrap_iov_iter_extract_pages_alloc(struct iov_iter *i,
					    struct page ***pages,
					    size_t maxsize, size_t *offset);
#ifdef TREE_EXTRACT_BVECS
ssize_t __real_iov_iter_extract_bvecs(struct iov_iter *i, struct bio_vec *bv,
				      size_t maxsize, unsigned short *nr_vecs,
				      unsigned short max_vecs,
				      unsigned int flags);
ssize_t __wrap_iov_iter_extract_bvecs(struct iov_iter *i, struct bio_vec *bv,
				      size_t maxsize, unsigned short *nr_vecs,
				      unsigned short max_vecs,
				      unsigned int flags);
#endif
int __real_get_user_pages_fast(unsigned long start, int nr, unsigned int flags,
			       struct page **pages);
int __wrap_get_user_pages_fast(unsigned long start, int nr, unsigned int flags,
			       struct page **pages);
int __real_pin_user_pages_fast(unsigned long start, int nr, unsigned int flags,
			       struct page **pages);
int __wrap_pin_user_pages_fast(unsigned long start, int nr, unsigned int flags,
			       struct page **pages);
void __real_unpin_user_page(struct page *page);
void __wrap_unpin_user_page(struct page *page);
void __real_unpin_user_pages(struct page **pages, unsigned long nr);
void __wrap_unpin_user_pages(struct page **pages, unsigned long nr);
void __real_unpin_user_pages_dirty_lock(struct page **pages, unsigned long nr,
					bool dirty);
void __wrap_unpin_user_pages_dirty_lock(struct page **pages, unsigned long nr,
					bool dirty);
void __real_page_extract_release(struct page *page, bool pinned);
void __wrap_page_extract_release(struct page *page, bool pinned);
void __real_page_extract_release_pages(struct page **pages, long nr,
				       bool pinned);
void __wrap_page_extract_release_pages(struct page **pages, long nr,
				       bool pinned);
void __real_page_extract_release_pages_dirty_lock(struct page **pages, long nr,
						  bool pinned, bool dirty);
void __wrap_page_extract_release_pages_dirty_lock(struct page **pages, long nr,
						  bool pinned, bool dirty);
#ifdef TREE_UNPIN_FOLIO
void __real_unpin_user_folio(struct folio *folio, unsigned long nr);
void __wrap_unpin_user_folio(struct folio *folio, unsigned long nr);
#endif

void __real_page_extract_add_pin(struct page *page);
void __wrap_page_extract_add_pin(struct page *page);
void __real_folio_add_pin(struct folio *folio);
void __wrap_folio_add_pin(struct folio *folio);

#endif /* PIN_TRACE_CALLS_H */
