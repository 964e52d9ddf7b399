// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static struct page *bvec_page(struct bio_vec *bv)
{
	return bv->bv_page;		/* @manual name-taken */
}
