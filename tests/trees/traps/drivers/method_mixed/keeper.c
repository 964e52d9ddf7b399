// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

struct method_mixed_kept {
	struct scatterlist *rows_method_mixed;
	unsigned int nr;
};

static void *method_mixed_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_mixed_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_mixed = table;
	kept->nr = nr;
	return kept;
}

static void method_mixed_drop(void *arg)
{
	struct method_mixed_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_mixed[k]));
		put_page(sg_page(&kept->rows_method_mixed[k])); /* @release */
	}
	kfree(kept->rows_method_mixed);
	kfree(kept);
}

const struct method_mixed_ops method_mixed_keeper_ops = {
	.keep = method_mixed_keep,
	.drop = method_mixed_drop,
};
