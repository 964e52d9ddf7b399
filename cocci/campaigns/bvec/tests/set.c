// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static int fill(struct box *box, struct bio_vec *bv, struct page *page, int i)
{
	struct bio_vec own;

	own.bv_page = page; /* @set new=bvec_set_page */
	own.bv_len = PAGE_SIZE;
	own.bv_offset = 0;
	for (i = 0; i < box->n; i++) {
		box->vec[i].bv_len = min_t(unsigned int, box->left, PAGE_SIZE);
		box->vec[i].bv_offset = (unsigned int)(box->start & ~PAGE_MASK);
		box->vec[i].bv_page = box->pages[i]; /* @set new=bvec_set_page */
	}

	/* the page of another one */
	bv->bv_offset	= box->at->bv_offset + i;
	bv->bv_page	= box->at->bv_page; /* @set new=bvec_set_page */ /* @read new=bvec_page nth=1 */
	bv->bv_len	= box->at->bv_len - i;
	return use(&own);
}
