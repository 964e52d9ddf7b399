// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

struct method_bvec_kept {
	struct bio_vec *rows_method_bvec;
	unsigned int nr;
};

static void *method_bvec_keep(struct bio_vec *table, unsigned int nr)
{
	struct method_bvec_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_bvec = table;
	kept->nr = nr;
	return kept;
}

static void method_bvec_drop(void *arg)
{
	struct method_bvec_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(kept->rows_method_bvec[k].bv_page);
		put_page(kept->rows_method_bvec[k].bv_page); /* @release */
	}
	kfree(kept->rows_method_bvec);
	kfree(kept);
}

struct method_bvec_ops method_bvec_keeper_ops = {
	.keep = method_bvec_keep,
	.drop = method_bvec_drop,
};
