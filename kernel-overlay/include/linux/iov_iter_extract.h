/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iov_iter_extract_pages() for the end of linux/uio.h in trees that do not have
 * it; what is above the line below stays here.
 */
/* ---- */
typedef unsigned int __bitwise iov_iter_extraction_t;

/* Peer-to-peer DMA pages may be extracted. */
#define ITER_ALLOW_P2PDMA	((__force iov_iter_extraction_t)0x01)

ssize_t iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
			       size_t maxsize, unsigned int maxpages,
			       iov_iter_extraction_t extraction_flags,
			       size_t *offset0);

/**
 * iov_iter_extract_will_pin - Tell whether extraction pins the pages it lists
 * @iter: The iterator
 *
 * True of user-backed iterators and of pipes: each page then carries a pin that
 * is dropped with unpin_user_page(). False of all others, of whose pages nothing
 * is taken and nothing may be dropped. The answer depends on the type of the
 * iterator alone, so it may be asked before or after the extraction.
 *
 * Context: Any context.
 * Return: true if pages extracted from @iter are pinned.
 */
static inline bool iov_iter_extract_will_pin(const struct iov_iter *iter)
{
#ifdef TREE_UBUF
	return user_backed_iter(iter) || iov_iter_is_pipe(iter);
#else
	return iter_is_iovec(iter) || iov_iter_is_pipe(iter);
#endif
}
