// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

struct outer {
	struct bio_vec vec;
	int n;
};

static struct bio_vec at_file_scope = { .bv_page = NULL };	/* @init */

static void whole(struct page *page, unsigned int len)
{
	struct bio_vec all = { .bv_page = page, .bv_len = len, .bv_offset = 0 };  /* @init */
	struct bio_vec turned = {
		.bv_offset = min(len, 8u),
		.bv_page = page,		/* @init */
	};
	struct bio_vec late;

	late = (struct bio_vec) { .bv_page = page, .bv_len = len };	/* @init */
	use(&all, &turned, &late);
}

static void others(struct page *page)
{
	struct outer outer = {
		.vec.bv_page = page,		/* @manual type-unknown */
		.n = 1,
	};
	struct bio_vec placed[] = { [0] = { .bv_page = page } };	/* @manual no-form */
	struct bio_vec mixed = {
		.bv_page = page,		/* @manual no-form */
		1, 2
	};

	use(&outer, &placed, &mixed);
}
