// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static int fill(struct box *box, struct bio_vec *bv, struct page *page, int i)
{
	struct bio_vec own;

	own.bv_page = page; /* @store new=bvec_store_page */
	if (i)
		box->vec[i].bv_page = alloc_page(GFP_KERNEL); /* @store new=bvec_store_page */
	else
		bv->bv_page = NULL; /* @store new=bvec_store_page */
	/* what is stored may be read from another one */
	own.bv_page = box->at->bv_page;	/* here */ /* @store new=bvec_store_page */ /* @read new=bvec_page nth=1 */
	bv->bv_page = i ? page : box->page_that_has_a_long_name->of_another_one[i]; /* @store new=bvec_store_page */
	return use(&own);
}
