// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static int fill(struct page *page, int n)
{
	struct bio_vec vec[] = {
		{ .bv_page = page, .bv_len = 1 }, /* @init new=BVEC_INIT refused="was not made" */
		{ .bv_page = page, .bv_len = n },
	};
	struct box box = { .bv_page = page, .more = 1 }; /* @init new=BVEC_INIT refused="was not made" */
	struct bio_vec noted = {
		.bv_page = page, /* @init new=BVEC_INIT refused="a comment was" */
		.bv_len = n,	/* and a comment */
	};

	return use(vec, &box, &noted);
}
