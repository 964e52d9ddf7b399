// SPDX-License-Identifier: GPL-2.0-only
/*
 * What callers of iov_iter_get_pages*() need besides iov_iter_extract_pages(),
 * for the end of lib/iov_iter.c; what is above the line below stays here.
 */
/* ---- */
/**
 * iov_iter_extract_pages_alloc - Extract pages into an array allocated for them
 * @i: The iterator to extract from, which is advanced
 * @pages: Where to return the array; what it held before is ignored
 * @maxsize: The maximum number of bytes to extract
 * @offset: Where to return the offset of the data in the first page
 *
 * Calls iov_iter_extract_pages() without a limit on the number of pages. If it
 * returns more than zero, the caller owns the array and frees it with kvfree(),
 * after it has released the pages: pinned if iov_iter_extract_will_pin() says so
 * of @i, else not. In all other cases the array is freed here and *@pages is
 * NULL.
 *
 * Context: Process context. May sleep.
 * Return: The number of bytes extracted, which may be less than @maxsize; zero
 * if there is nothing to extract; -ENOMEM, -EFAULT, or another error code of
 * iov_iter_extract_pages().
 */
ssize_t iov_iter_extract_pages_alloc(struct iov_iter *i, struct page ***pages,
				     size_t maxsize, size_t *offset)
{
	ssize_t len;

	*pages = NULL;
	len = iov_iter_extract_pages(i, pages, maxsize, UINT_MAX, 0, offset);
	if (len <= 0) {
		kvfree(*pages);
		*pages = NULL;
	}
	return len;
}
EXPORT_SYMBOL_GPL(iov_iter_extract_pages_alloc);
#ifndef TREE_GET_PAGES2

/**
 * iov_iter_extract_pages_noadvance - List pages ahead of an iterator
 * @i: The iterator, which stays where it is
 * @pages: The address of an array for @maxpages pages, or of NULL
 * @maxsize: The maximum number of bytes to extract
 * @maxpages: The maximum number of pages to list
 * @extraction_flags: ITER_ALLOW_P2PDMA, or 0
 * @offset0: Where to return the offset of the data in the first page
 *
 * iov_iter_extract_pages() for callers of iov_iter_get_pages(), which in this
 * tree leaves the iterator to be advanced by them. Extracting twice without an
 * advance in between pins the same pages twice.
 *
 * Context: Process context. May sleep.
 * Return: As iov_iter_extract_pages().
 */
ssize_t iov_iter_extract_pages_noadvance(struct iov_iter *i,
					 struct page ***pages, size_t maxsize,
					 unsigned int maxpages,
					 iov_iter_extraction_t extraction_flags,
					 size_t *offset0)
{
	struct iov_iter ahead = *i;

	return iov_iter_extract_pages(&ahead, pages, maxsize, maxpages,
				      extraction_flags, offset0);
}
EXPORT_SYMBOL_GPL(iov_iter_extract_pages_noadvance);

/**
 * iov_iter_extract_pages_alloc_noadvance - List pages ahead in a new array
 * @i: The iterator, which stays where it is
 * @pages: Where to return the array; what it held before is ignored
 * @maxsize: The maximum number of bytes to extract
 * @offset: Where to return the offset of the data in the first page
 *
 * iov_iter_extract_pages_alloc() for callers of iov_iter_get_pages_alloc(),
 * which in this tree leaves the iterator to be advanced by them.
 *
 * Context: Process context. May sleep.
 * Return: As iov_iter_extract_pages_alloc().
 */
ssize_t iov_iter_extract_pages_alloc_noadvance(struct iov_iter *i,
					       struct page ***pages,
					       size_t maxsize, size_t *offset)
{
	struct iov_iter ahead = *i;

	return iov_iter_extract_pages_alloc(&ahead, pages, maxsize, offset);
}
EXPORT_SYMBOL_GPL(iov_iter_extract_pages_alloc_noadvance);
#endif
