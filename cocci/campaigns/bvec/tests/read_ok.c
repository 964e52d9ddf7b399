// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static void changed(struct bio_vec *bv, struct page *page)
{
	struct page **at = &bv->bv_page; /* @read new=bvec_page refused="its address taken" */

	bv->bv_page = page; /* @read new=bvec_page refused="the member is changed here" */
	bv->bv_page++; /* @read new=bvec_page refused="the member is changed here" */
	--bv->bv_page; /* @read new=bvec_page refused="the member is changed here" */
	swap_at(at, &(bv->bv_page)); /* @read new=bvec_page refused="its address taken" */
}

/* What a call gives by value has no address. */
static struct page *by_value(struct iter *iter)
{
	return vec_of(iter).bv_page; /* @read new=bvec_page refused="would be read otherwise" */
}

static struct bio_vec made = {
	.bv_page = NULL, /* @read new=bvec_page refused="the object of this member is not certain" */
};
