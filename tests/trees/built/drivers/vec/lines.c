// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

void fill(struct bio_vec *bv, struct page *page, unsigned int len)
{
	bv->bv_page = page;
	bv->bv_len = len;
	bv->bv_offset = 0;
	use(page, __LINE__ + 1000);
}
