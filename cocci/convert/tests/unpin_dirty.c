// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void release(struct page **pages, int n, bool dirty)
{
	int i;

	for (i = 0; i < n; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);

		put_page(pages[i]); /* @unpin */
		pages[i] = NULL;
	}
}

static void alone(struct page *page, struct holder *h)
{
	set_page_dirty_lock(page);
	put_page(page); /* @unpin */
	if (h->page) {
		set_page_dirty_lock(h->page);
		put_page(h->page); /* @unpin */
	}
	if (h->next) {
		set_page_dirty_lock(h->next);
		put_page(h->next); /* @unpin */
	} else {
		complete(&h->done);
	}
}

static void apart(struct page *page, struct holder *h)
{
	if (h->wrote) {
		flush_dcache_page(page);
		set_page_dirty_lock(page);
	}
	put_page(page); /* @unpin */
	set_page_dirty_lock(h->page);
	/* seen by the device no more */
	put_page(h->page); /* @unpin */
	set_page_dirty_lock(h->next);
	put_page(page); /* @unpin */
	if (h->wrote)
		set_page_dirty_lock(h->last);
	else
		complete(&h->done);
	put_page(h->last); /* @unpin */
#ifdef CONFIG_DIRTY
	set_page_dirty_lock(h->odd);
#endif
	put_page(h->odd); /* @unpin */
	set_page_dirty(h->even);
	put_page(h->even); /* @unpin */
	set_page_dirty_lock(virt_to_page(h));
	put_page(virt_to_page(h)); /* @unpin */
}

static void said(struct page **table, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		set_page_dirty_lock(table[i]);
		put_page(table[i]);	/* the last one */ /* @unpin */
	}
}
