// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

/* No configuration has it. */
struct page *rare(struct bio_vec *bv)
{
	return bv->bv_page;
}
