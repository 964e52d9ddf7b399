// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void plain(struct page **pages, unsigned int npages)
{
	int i;

	for (i = 0; i < npages; i++)
		put_page(pages[i]); /* @unpin count=npages */
}

static void braced(struct holder *h, unsigned long npages)
{
	unsigned int i, ret;

	for (i = 0; i < npages; ++i) {
		put_page(h->pages[i]); /* @unpin count=npages */
	}
	ret = h->ret;
	complete(&h->done[ret]);
}

static void kept(struct page **pages, size_t npages)
{
	int i;

	for (i = 0; i < npages; i++)
		kunmap(pages[i]);
	for (i = 0; i < npages; i += 1)
		__free_page(pages[i]); /* @unpin count=npages */
}

static void guarded(struct page **pages, int npages)
{
	unsigned int count = npages;
	int i;

	for (i = 0; pages && i < count; i++)
		put_page(pages[i]); /* @unpin count=count */
	if (pages && (npages > 0)) {
		for (i = 0; i < npages; i++)
			put_page(pages[i]); /* @unpin */
	}
	if (npages > 0)
		for (i = 0; i < npages; i++) {
			put_page(pages[i]); /* @unpin */
		}
	if (count) {
		kunmap(pages[0]);
		for (i = 0; i < count; i++)
			put_page(pages[i]); /* @unpin count=count */
	}
}

static int at_once(unsigned long addr, struct page **pages)
{
	int i, got = get_user_pages_fast(addr, 8, FOLL_WRITE, pages); /* @pin */

	if (got > 0) {
		for (i = 0; i < got; i++)
			put_page(pages[i]); /* @unpin */
	}
	return got;
}

static int failing(unsigned long addr, struct holder *h, unsigned int npages)
{
	int i, got;

	got = get_user_pages_fast(addr, npages, FOLL_WRITE, h->pages); /* @pin */
	if (got < 0)
		return got;
	if (got != npages)
		goto put;
	return 0;
put:
	for (i = 0; i < got; i++)
		put_page(h->pages[i]); /* @unpin */
	return -EFAULT;
}

#ifdef CONFIG_TWO
static void sides(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin count=n */
}
#else
static void sides(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin */
}
#endif

static void member(struct holder *h)
{
	int i;

	for (i = 0; i < h->npages; i++)
		put_page(h->pages[i]); /* @unpin count=h->npages */
}

static void no_holder(struct holder *h, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(h->pages[i]); /* @unpin count=n */
	if (h)
		kfree(h->pages);
}

static void late_holder(struct holder **all, unsigned int n)
{
	struct holder *h = NULL;
	int i;

	if (n)
		h = all[0];
	for (i = 0; i < n; i++)
		put_page(h->pages[i]); /* @unpin count=n */
}

static void guarded_holder(struct holder *h, int n)
{
	int i;

	if (h && n > 0)
		for (i = 0; i < n; i++)
			put_page(h->pages[i]); /* @unpin */
}

static int index_used(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin count=n */
	return i;
}

static void more_done(struct page **pages, unsigned int n, unsigned int m)
{
	int i;

	for (i = 0; i < n; i++) {
		put_page(pages[i]); /* @unpin count=n */
		pages[i] = NULL;
	}
	for (i = 0; i < n; i++)
		if (pages[i])
			put_page(pages[i]); /* @unpin count=n */
	for (i = 0; i < m; i++)
		put_page(pages[i]); /* @unpin count=n */
}
