// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static void move(struct box *box, struct bio_vec *bv, int n)
{
	bv->bv_page++; /* @step new=bvec_store_page reader=bvec_page */
	++box->vec[n].bv_page; /* @step new=bvec_store_page reader=bvec_page */
	if (n)
		box->own.bv_page += n / PAGE_SIZE; /* @step new=bvec_store_page reader=bvec_page */
}
