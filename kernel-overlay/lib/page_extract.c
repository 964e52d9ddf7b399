// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers for the pages that iov_iter_extract_pages() listed.
 *
 * It pins the pages of some iterators and takes nothing on those of others;
 * iov_iter_extract_will_pin() tells the two apart.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_extract.h>
#include <linux/page-flags.h>
#ifdef TREE_SERVE_PIPE
#include <linux/slab.h>
#include <linux/uio.h>
#endif
#include <linux/vmstat.h>

/* The number of entries before the next NULL. */
static long run_length(struct page **pages, long npages)
{
	long nr = 0;

	while (nr < npages && pages[nr])
		nr++;
	return nr;
}

/*
 * Slab memory is never written back, and some slab allocators lock it with the
 * very bit that set_page_dirty_lock() would sleep on.
 */
static void dirty_unpinned(struct page **pages, long npages)
{
	long k;

	for (k = 0; k < npages; k++) {
		if (!PageSlab(pages[k]))
			set_page_dirty_lock(pages[k]);
	}
}

/**
 * page_extract_release - Drop what an extraction took of one page
 * @page: The page, or NULL
 * @pinned: Whether the extraction pinned its pages
 *
 * Unpins @page if it was pinned and does nothing otherwise. The caller gives up
 * its pin; a page that was not pinned still belongs to whoever built the
 * iterator.
 *
 * Context: Wherever put_page() may be called. Does not sleep.
 */
void page_extract_release(struct page *page, bool pinned)
{
	if (page && pinned)
		unpin_user_page(page);
}
EXPORT_SYMBOL_GPL(page_extract_release);

/**
 * page_extract_release_pages - Drop what an extraction took of many pages
 * @pages: The pages, or NULL; entries may be NULL
 * @npages: The number of entries; zero or an error code releases nothing
 * @pinned: Whether the extraction pinned its pages
 *
 * Unpins the pages if they were pinned and does nothing otherwise: pages that
 * were not pinned still belong to whoever built the iterator. The array stays
 * the caller's and is not written to.
 *
 * Context: Wherever put_page() may be called. Does not sleep.
 */
void page_extract_release_pages(struct page **pages, long npages, bool pinned)
{
	page_extract_release_pages_dirty_lock(pages, npages, pinned, false);
}
EXPORT_SYMBOL_GPL(page_extract_release_pages);

/**
 * page_extract_release_pages_dirty_lock - Dirty pages, then drop what was taken
 * @pages: The pages, or NULL; entries may be NULL
 * @npages: The number of entries; zero or an error code releases nothing
 * @pinned: Whether the extraction pinned its pages
 * @dirty: Whether the pages were written to and must be marked dirty
 *
 * Marks the pages dirty if @dirty, then unpins them if they were pinned.
 * Pages that are not pinned are marked as well, since data was written to them
 * all the same: the caller asked for it on every kind of iterator before it
 * extracted, and the page cache behind a bvec may have nobody else to do it. A
 * caller that must dirty user pages only passes @dirty && @pinned. Slab memory,
 * which a kvec may bring, is left alone. The builder of the iterator must still
 * hold pages that are not pinned.
 *
 * Context: Process context if @dirty, and sleeps on the page lock then; else
 * wherever put_page() may be called.
 */
void page_extract_release_pages_dirty_lock(struct page **pages, long npages,
					   bool pinned, bool dirty)
{
	long nr;

	might_sleep_if(dirty);
	if (!pages || !(pinned || dirty))
		return;

	for (; npages > 0; npages -= nr, pages += nr) {
		nr = run_length(pages, npages);
		if (!nr)
			nr = 1;
		else if (pinned)
			unpin_user_pages_dirty_lock(pages, nr, dirty);
		else
			dirty_unpinned(pages, nr);
	}
}
EXPORT_SYMBOL_GPL(page_extract_release_pages_dirty_lock);

#ifdef TREE_PIN_FIELD
/* Where pins of @head are counted, or NULL if in its reference count. */
static atomic_t *pincount(struct page *head)
{
	return PageHead(head) ? &page_folio(head)->_pincount : NULL;
}

#endif
#ifdef TREE_PIN_POINTER
/* Where pins of @head are counted, or NULL if in its reference count. */
static atomic_t *pincount(struct page *head)
{
	return PageHead(head) ? folio_pincount_ptr(page_folio(head)) : NULL;
}

#endif
#ifdef TREE_PIN_HPAGE
/* Where pins of @head are counted, or NULL if in its reference count. */
static atomic_t *pincount(struct page *head)
{
	return hpage_pincount_available(head) ? compound_pincount_ptr(head) : NULL;
}

#endif
/**
 * page_extract_add_pin - Take one more pin on a page that is pinned already
 * @page: The page, on which the caller holds a pin
 *
 * For a page that gets a second owner. Each owner drops its own pin with
 * unpin_user_page(). It counts in nr_foll_pin_acquired as every other pin does.
 *
 * Context: Any context. Does not sleep.
 */
void page_extract_add_pin(struct page *page)
{
#ifdef TREE_PIN_FOLIO
	struct folio *folio = page_folio(page);

#endif
#ifdef TREE_PIN_PAGE
	struct page *head = compound_head(page);
	atomic_t *pins = pincount(head);

#endif
#ifdef TREE_ZERO_PAGE_EXEMPT
	/* The zero page is never pinned: unpin_user_page() leaves it alone. */
	if (is_zero_page(page))
		return;

#endif
#ifdef TREE_PIN_FOLIO
	folio_add_pin(folio);
	mod_node_page_state(folio_pgdat(folio), NR_FOLL_PIN_ACQUIRED, 1);
#endif
#ifdef TREE_PIN_PAGE
	/* A pin that is counted apart holds an ordinary reference as well. */
	if (pins) {
		page_ref_inc(head);
		atomic_inc(pins);
	} else {
		page_ref_add(head, GUP_PIN_COUNTING_BIAS);
	}
	mod_node_page_state(page_pgdat(head), NR_FOLL_PIN_ACQUIRED, 1);
#endif
#ifdef TREE_PIN_REFERENCE
	get_page(page);
#endif
}
EXPORT_SYMBOL_GPL(page_extract_add_pin);
#ifdef TREE_SERVE_PIPE

/**
 * page_extract_pipe - Extract the pages of a pipe for iov_iter_extract_pages()
 * @i: The iterator, which is advanced by what is returned
 * @pages: The address of an array for @maxpages pages, or of NULL
 * @maxsize: The maximum number of bytes to extract
 * @maxpages: The maximum number of pages to list
 * @offset: Where to return the offset of the data in the first page
 *
 * Lets the tree's own code add buffers to the pipe and take a reference on the
 * page of each, then makes every reference a pin. A reference is enough to add a
 * pin to here: these trees do not have the check that folio_add_pin() makes.
 *
 * Context: Process context. May sleep.
 * Return: The number of bytes extracted; -ENOMEM if the array cannot be
 * allocated; -EFAULT if the pipe is full.
 */
ssize_t page_extract_pipe(struct iov_iter *i, struct page ***pages,
			  size_t maxsize, unsigned int maxpages, size_t *offset)
{
	unsigned int nr, k;
	ssize_t len;

	maxpages = iov_iter_npages(i, min_t(unsigned int, maxpages, INT_MAX));
	if (!maxpages)
		return -EFAULT;

	/* Where in its last page the pipe goes on is not known yet. */
	nr = min_t(size_t, maxpages,
		   DIV_ROUND_UP(maxsize + PAGE_SIZE - 1, PAGE_SIZE));
	if (!*pages)
		*pages = kvmalloc_array(nr, sizeof(**pages), GFP_KERNEL);
	if (!*pages)
		return -ENOMEM;
	len = iov_iter_get_pages2(i, *pages, maxsize, nr, offset);
	if (len <= 0)
		return len;

	nr = DIV_ROUND_UP(*offset + len, PAGE_SIZE);
	for (k = 0; k < nr; k++) {
		page_extract_add_pin((*pages)[k]);
		put_page((*pages)[k]);
	}
	return len;
}
#endif
