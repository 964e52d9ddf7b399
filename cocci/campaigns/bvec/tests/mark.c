// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

/* Only what the plan names, each by its place in the old text. */
static struct page *same(struct bio_vec *bv, struct frag *frag, struct page *page)
{
	KEY_PADDED(key) k;

	frag->bv_page = bv->bv_page; /* @read new=bvec_page nth=1 */
	bv->bv_page = page; /* @store new=bvec_store_page */
	if (frag->bv_page)
		bv->bv_page = page;
	return use(&k, bv->bv_page, bv->bv_page); /* @read new=bvec_page nth=1 */
}
