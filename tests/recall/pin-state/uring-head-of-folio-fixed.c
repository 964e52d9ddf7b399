// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct ring_vec {
	unsigned int nr;
	struct bio_vec bvec[];
};

/* One entry for each folio; its other pins are given back. */
static int rbuf_join(struct page **pages, int nr)
{
	struct folio *folio = page_folio(pages[0]);
	int i;

	for (i = 1; i < nr; i++)
		if (page_folio(pages[i]) != folio)
			return nr;
	if (nr > 1)
		unpin_user_pages(&pages[1], nr - 1);
	pages[0] = folio_page(folio, 0);
	return 1;
}

struct ring_vec *rbuf_add(unsigned long addr, int nr)
{
	struct page **pages;
	struct ring_vec *buf;
	int got, i;

	pages = kcalloc(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	got = pin_user_pages_fast(addr, nr, FOLL_LONGTERM, pages);
	if (got != nr) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(pages);
		return NULL;
	}
	buf = kzalloc(struct_size(buf, bvec, nr), GFP_KERNEL);
	if (!buf) {
		unpin_user_pages(pages, nr);
		kfree(pages);
		return NULL;
	}
	buf->nr = rbuf_join(pages, nr);
	for (i = 0; i < buf->nr; i++)
		bvec_set_page(&buf->bvec[i], pages[i], PAGE_SIZE, 0);
	kfree(pages);
	return buf;
}

void rbuf_drop(struct ring_vec *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		unpin_user_folio(page_folio(buf->bvec[i].bv_page), 1);
	kfree(buf);
}
