// SPDX-License-Identifier: GPL-2.0-only
#include "../method_far/ops.h"

struct method_far_kept {
	struct scatterlist *rows_method_far;
	unsigned int nr;
};

static void *method_far_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_far_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_far = table;
	kept->nr = nr;
	return kept;
}

static void method_far_drop(void *arg)
{
	struct method_far_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_far[k]));
		put_page(sg_page(&kept->rows_method_far[k])); /* @release */
	}
	kfree(kept->rows_method_far);
	kfree(kept);
}

const struct method_far_ops method_far_keeper_ops = {
	.keep = method_far_keep,
	.drop = method_far_drop,
};
