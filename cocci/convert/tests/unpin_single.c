// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define drop_all(pages, n, i)				\
	do {						\
		for ((i) = 0; (i) < (n); (i)++)		\
			put_page((pages)[i]);		\
	} while (0)

static void counting(struct page **pages, unsigned int n)
{
	unsigned int i = 0;

	while (i < n)
		put_page(pages[i++]); /* @unpin */
	while (n--)
		put_page(pages[n]); /* @unpin */
}

static void consuming(struct queue *q, unsigned int tail)
{
	while (q->head < tail)
		put_page(q->pages[q->head++]); /* @unpin */
	while (q->ret > 0)
		put_page(q->pages[--q->ret]); /* @unpin */
}

static void clearing(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++) {
		put_page(pages[i]); /* @unpin */
		pages[i] = NULL;
	}
}

static void further(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++) {
		kunmap(pages[i]);
		put_page(pages[i]); /* @unpin */
	}
}

static int used_after(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin */
	return i;
}

static void filtered(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (pages[i])
			put_page(pages[i]); /* @unpin */
	for (i = 1; i < n; i++)
		put_page(pages[i]); /* @unpin */
	for (i = 0; i < n; i += 2)
		put_page(pages[i]); /* @unpin */
	for (i = 0; i <= n; i++)
		put_page(pages[i]); /* @unpin */
	for (i = 0; i < n; i++) {
		/* the last user */
		put_page(pages[i]); /* @unpin */
	}
}

static void unlocked(struct page **pages, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++) {
		set_page_dirty(pages[i]);
		put_page(pages[i]); /* @unpin */
	}
}

static void initialised(struct page **pages, unsigned int n)
{
	int i = 0;

	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @unpin */
}

static void carried(struct scatterlist *sgl, unsigned int n)
{
	int i;

	for (i = 0; i < n; i++) {
		set_page_dirty_lock(sg_page(&sgl[i]));
		put_page(sg_page(&sgl[i])); /* @unpin */
	}
}
