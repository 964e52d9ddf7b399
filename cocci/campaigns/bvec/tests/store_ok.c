// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static int used(struct bio_vec *bv, struct page *page, int n)
{
	if (!(bv->bv_page = page)) /* @store new=bvec_store_page refused="was not made" */
		return n;
	for (bv->bv_page = page; n; n--) /* @store new=bvec_store_page refused="was not made" */
		use(bv);
	bv->bv_page = page, n = 0; /* @store new=bvec_store_page refused="was not made" */
	bv->bv_page += n; /* @store new=bvec_store_page refused="was not made" */
	vec_of(n).bv_page = page; /* @store new=bvec_store_page refused="was not made" */
	return use(bv->bv_page); /* @store new=bvec_store_page refused="was not made" */
}
