// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static int fill(struct box *box, struct page *page, unsigned int n)
{
	struct bio_vec all = {
		.bv_page	= page, /* @init new=BVEC_INIT */
		.bv_offset	= 0,
		.bv_len		= PAGE_SIZE,
	};
	struct bio_vec two = { .bv_len = n, .bv_page = box->at->bv_page }; /* @init new=BVEC_INIT */ /* @read new=bvec_page nth=1 */
	static struct bio_vec none = { .bv_page = NULL }; /* @init new=BVEC_INIT */

	return use(&all, (struct bio_vec){ .bv_page = page, .bv_offset = n }); /* @init new=BVEC_INIT */
}
