// SPDX-License-Identifier: GPL-2.0-only
/*
 * iov_iter_extract_pages() for the end of lib/iov_iter.c in trees that do not
 * have it; what is above the line below stays here.
 *
 * It does what later trees do, and serves pipes besides, which those trees have
 * lost: a read into a pipe that went through iov_iter_get_pages() must go on
 * working once its file system extracts.
 */
/* ---- */
/*
 * Find the array for the pages of @size bytes from @offset on, allocating it
 * where the caller brought none. Returns the number of pages to list in it, or
 * zero if there is no memory.
 */
static unsigned int extract_list(struct page ***pages, size_t size,
				 size_t offset, unsigned int maxpages)
{
	unsigned int nr = min_t(size_t, maxpages,
				DIV_ROUND_UP(offset + size, PAGE_SIZE));

	if (!*pages)
		*pages = kvmalloc_array(nr, sizeof(**pages), GFP_KERNEL);
	return *pages ? nr : 0;
}

/*
 * Step over what @nr pages hold of @size bytes from @offset on. Returns the
 * number of bytes; nothing for no pages, whatever the offset.
 */
static ssize_t extract_step(struct iov_iter *i, unsigned int nr, size_t offset,
			    size_t size)
{
	if (!nr)
		return 0;

	size = min_t(size_t, size, nr * PAGE_SIZE - offset);
	iov_iter_advance(i, size);
	return size;
}

/*
 * The address where an iovec or a kvec goes on; the two have one layout. Cuts
 * *@size to the end of that segment, to zero if none is left.
 */
static unsigned long extract_address(const struct iov_iter *i, size_t *size)
{
	size_t skip = i->iov_offset;
	unsigned long k;

	for (k = 0; k < i->nr_segs; k++, skip = 0) {
		size_t len = i->kvec[k].iov_len - skip;

		if (len) {
			*size = min(*size, len);
			return (unsigned long)i->kvec[k].iov_base + skip;
		}
	}
	*size = 0;
	return 0;
}

static unsigned long extract_user_address(const struct iov_iter *i,
					  size_t *size)
{
#ifdef TREE_UBUF
	if (iter_is_ubuf(i))
		return (unsigned long)i->ubuf + i->iov_offset;
#endif
	return extract_address(i, size);
}

/* Pin user pages, for writing if the iterator is where data goes. */
static ssize_t extract_user(struct iov_iter *i, struct page ***pages,
			    size_t maxsize, unsigned int maxpages,
			    iov_iter_extraction_t extraction_flags,
			    size_t *offset)
{
	unsigned int gup_flags = iov_iter_rw(i) == WRITE ? 0 : FOLL_WRITE;
	unsigned long addr = extract_user_address(i, &maxsize);
	unsigned int nr;
	int pinned;

	if (!maxsize)
		return 0;
#ifdef TREE_NOFAULT
	if (i->nofault)
		gup_flags |= FOLL_NOFAULT;
#endif
#ifdef TREE_P2PDMA
	if (extraction_flags & ITER_ALLOW_P2PDMA)
		gup_flags |= FOLL_PCI_P2PDMA;
#endif

	*offset = offset_in_page(addr);
	nr = extract_list(pages, maxsize, *offset, maxpages);
	if (!nr)
		return -ENOMEM;
	pinned = pin_user_pages_fast(addr & PAGE_MASK, nr, gup_flags, *pages);
	if (pinned < 0)
		return pinned;
	return extract_step(i, pinned, *offset, maxsize);
}

static ssize_t extract_kvec(struct iov_iter *i, struct page ***pages,
			    size_t maxsize, unsigned int maxpages,
			    size_t *offset)
{
	unsigned long addr = extract_address(i, &maxsize);
	unsigned int nr, k;

	if (!maxsize)
		return 0;

	*offset = offset_in_page(addr);
	nr = extract_list(pages, maxsize, *offset, maxpages);
	if (!nr)
		return -ENOMEM;
	addr &= PAGE_MASK;
	for (k = 0; k < nr; k++, addr += PAGE_SIZE) {
		void *kaddr = (void *)addr;

		(*pages)[k] = is_vmalloc_or_module_addr(kaddr) ?
			vmalloc_to_page(kaddr) : virt_to_page(kaddr);
	}
	return extract_step(i, nr, *offset, maxsize);
}

static ssize_t extract_bvec(struct iov_iter *i, struct page ***pages,
			    size_t maxsize, unsigned int maxpages,
			    size_t *offset)
{
	const struct bio_vec *bv = i->bvec, *end = bv + i->nr_segs;
	const struct bvec_iter first = {};
	size_t skip = i->iov_offset;
	unsigned int nr, k;

	for (; bv < end && bv->bv_len == skip; bv++)
		skip = 0;
	if (bv == end)
		return 0;

	maxsize = min_t(size_t, maxsize, bv->bv_len - skip);
	skip += bv->bv_offset;
	*offset = offset_in_page(skip);
	nr = extract_list(pages, maxsize, *offset, maxpages);
	if (!nr)
		return -ENOMEM;
	for (k = 0; k < nr; k++)
		(*pages)[k] = nth_page(mp_bvec_iter_page(bv, first),
				       skip / PAGE_SIZE + k);
	return extract_step(i, nr, *offset, maxsize);
}

#ifdef TREE_XARRAY
/* List pages up to the first hole; whoever built the iterator holds them. */
static ssize_t extract_xarray(struct iov_iter *i, struct page ***pages,
			      size_t maxsize, unsigned int maxpages,
			      size_t *offset)
{
	XA_STATE(xas, i->xarray, 0);
	loff_t pos = i->xarray_start + i->iov_offset;
	unsigned int nr, found = 0;
	struct page *head;

	xas_set(&xas, pos >> PAGE_SHIFT);
	*offset = offset_in_page(pos);
	nr = extract_list(pages, maxsize, *offset, maxpages);
	if (!nr)
		return -ENOMEM;

	rcu_read_lock();
	for (head = xas_load(&xas); head && found < nr; head = xas_next(&xas)) {
		if (xas_retry(&xas, head))
			continue;
		/* The entry was split or moved: look it up again. */
		if (head != xas_reload(&xas)) {
			xas_reset(&xas);
			continue;
		}
		(*pages)[found++] = find_subpage(head, xas.xa_index);
	}
	rcu_read_unlock();

	return extract_step(i, found, *offset, maxsize);
}

#endif
/*
 * Let the tree's own code add buffers to the pipe and take a reference on the
 * page of each, then make every reference a pin. A reference is enough to add a
 * pin to here: these trees do not have the check that folio_add_pin() makes.
 */
static ssize_t extract_pipe(struct iov_iter *i, struct page ***pages,
			    size_t maxsize, unsigned int maxpages,
			    size_t *offset)
{
	unsigned int nr, k;
	ssize_t len;

	maxpages = iov_iter_npages(i, min_t(unsigned int, maxpages, INT_MAX));
	if (!maxpages)
		return -EFAULT;

	/* Where in its last page the pipe goes on is not known yet. */
	nr = extract_list(pages, maxsize, PAGE_SIZE - 1, maxpages);
	if (!nr)
		return -ENOMEM;
#ifdef TREE_GET_PAGES2
	len = iov_iter_get_pages2(i, *pages, maxsize, nr, offset);
#else
	len = iov_iter_get_pages(i, *pages, maxsize, nr, offset);
#endif
	if (len <= 0)
		return len;
#ifndef TREE_GET_PAGES2
	iov_iter_advance(i, len);
#endif

	nr = DIV_ROUND_UP(*offset + len, PAGE_SIZE);
	for (k = 0; k < nr; k++) {
		page_extract_add_pin((*pages)[k]);
		put_page((*pages)[k]);
	}
	return len;
}

/**
 * iov_iter_extract_pages - List the pages where an iterator stands
 * @i: The iterator, which is advanced by what is returned
 * @pages: The address of an array for @maxpages pages, or of NULL
 * @maxsize: The maximum number of bytes to extract
 * @maxpages: The maximum number of pages to list
#ifdef TREE_P2PDMA
 * @extraction_flags: ITER_ALLOW_P2PDMA, or 0
#else
 * @extraction_flags: ITER_ALLOW_P2PDMA, which makes no difference here, or 0
#endif
 * @offset0: Where to return the offset of the data in the first page
 *
 * Lists pages of one segment only, so that the data is contiguous from @offset0
 * on; the caller asks again for the rest. The pages of user-backed iterators and
 * of pipes are pinned and the caller drops each with unpin_user_page(). Nothing
 * is taken of the pages of a bvec, kvec or xarray, which stay in the hands of
 * whoever built the iterator. iov_iter_extract_will_pin() tells the two apart.
 * Discarding iterators have no pages.
 *
 * If *@pages is NULL, an array is allocated there, which the caller frees with
 * kvfree(), on error and on zero too. The number of pages listed is that of the
 * bytes returned plus @offset0, rounded up.
 *
 * Context: Process context. May sleep.
 * Return: The number of bytes extracted, which may be less than was asked for;
 * zero if there is nothing to extract or the first page of an xarray is missing;
 * -ENOMEM if the array cannot be allocated; -EFAULT if the iterator has no
 * pages, its memory cannot be reached or the pipe is full; or another error code
 * of pin_user_pages_fast().
 */
ssize_t iov_iter_extract_pages(struct iov_iter *i, struct page ***pages,
			       size_t maxsize, unsigned int maxpages,
			       iov_iter_extraction_t extraction_flags,
			       size_t *offset0)
{
	maxsize = min_t(size_t, maxsize, iov_iter_count(i));
	maxsize = min_t(size_t, maxsize, MAX_RW_COUNT);
	if (!maxsize || !maxpages)
		return 0;

	if (iov_iter_is_pipe(i))
		return extract_pipe(i, pages, maxsize, maxpages, offset0);
	if (iov_iter_extract_will_pin(i))
		return extract_user(i, pages, maxsize, maxpages,
				    extraction_flags, offset0);
	if (iov_iter_is_kvec(i))
		return extract_kvec(i, pages, maxsize, maxpages, offset0);
	if (iov_iter_is_bvec(i))
		return extract_bvec(i, pages, maxsize, maxpages, offset0);
#ifdef TREE_XARRAY
	if (iov_iter_is_xarray(i))
		return extract_xarray(i, pages, maxsize, maxpages, offset0);
#endif
	return -EFAULT;
}
EXPORT_SYMBOL_GPL(iov_iter_extract_pages);
