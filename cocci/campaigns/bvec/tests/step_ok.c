// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static void move(struct box *box, struct bio_vec *bv, int n)
{
	use(bv->bv_page++); /* @step new=bvec_store_page reader=bvec_page refused="was not made" */
	box->vec[n++].bv_page++; /* @step new=bvec_store_page reader=bvec_page refused="was not made" */
	bv->bv_page -= n; /* @step new=bvec_store_page reader=bvec_page refused="was not made" */
	bv->bv_page += n ? 1 : 2; /* @step new=bvec_store_page reader=bvec_page refused="was not made" */
}
