// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void conditional(struct page **pages, unsigned int n, bool dirty)
{
	int i;

	for (i = 0; i < n; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]); /* @unpin count=n */
	}
}

static void always(struct holder *h, unsigned long n)
{
	int i;

	for (i = 0; i < n; i++) {
		set_page_dirty_lock(h->pages[i]);
		put_page(h->pages[i]); /* @unpin count=n */
	}
	for (i = 0; h->pages && i < n; i++) {
		if (h->wrote) {
			set_page_dirty_lock(h->pages[i]);
		}
		put_page(h->pages[i]); /* @unpin count=n */
	}
}

static void counted(struct page **pages, int n, bool dirty)
{
	int i;

	if (n > 0) {
		for (i = 0; i < n; i++) {
			if (dirty)
				set_page_dirty_lock(pages[i]);
			put_page(pages[i]); /* @unpin */
		}
	}
}

static void member(struct holder *h, bool dirty)
{
	int i;

	for (i = 0; i < h->npages; i++) {
		if (dirty)
			set_page_dirty_lock(h->pages[i]);
		put_page(h->pages[i]); /* @unpin */
	}
}

static void by_entry(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!PageReserved(pages[i]))
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]); /* @unpin count=n */
	}
}

static void told(struct holder *h)
{
	int i;

	for (i = 0; i < h->npages; i++) {
		if (h->wrote)
			set_page_dirty_lock(h->pages[i]);
		put_page(h->pages[i]); /* @unpin count=h->npages */
	}
}

static void asked_below(struct holder *h, struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (h->io->wrote)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]); /* @unpin count=n */
	}
}
