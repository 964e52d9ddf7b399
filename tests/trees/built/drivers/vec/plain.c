// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

void each(struct bio_vec *bv, int n)
{
	int i;

	for (i = 0; i < n; i++)
		use(bv[i].bv_page, i);
}

void fill(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
}
