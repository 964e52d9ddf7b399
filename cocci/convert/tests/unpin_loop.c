// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void plain(struct page **pages, unsigned int npages)
{
	int i;

	for (i = 0; i < npages; i++)
		put_page(pages[i]); /* @unpin */
}

static void braced(struct holder *h, unsigned long npages)
{
	unsigned int i, ret;

	for (i = 0; i < npages; ++i) {
		put_page(h->pages[i]); /* @unpin */
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
		__free_page(pages[i]); /* @unpin */
}

static void guarded(struct page **pages, int npages)
{
	unsigned int count = npages;
	int i;

	for (i = 0; pages && i < count; i++)
		put_page(pages[i]); /* @unpin */
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
			put_page(pages[i]); /* @unpin */
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
		put_page(pages[i]); /* @unpin */
}
#else
static void sides(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin */
}
#endif
