// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

struct method_keeps_kept {
	struct scatterlist *rows_method_keeps;
	unsigned int nr;
};

static void *method_keeps_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_keeps_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_keeps = table;
	kept->nr = nr;
	return kept;
}

static void method_keeps_drop(void *arg)
{
	struct method_keeps_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_keeps[k]));
		put_page(sg_page(&kept->rows_method_keeps[k])); /* @release */
	}
	kfree(kept->rows_method_keeps);
	kfree(kept);
}

const struct method_keeps_ops method_keeps_keeper_ops = {
	.keep = method_keeps_keep,
	.drop = method_keeps_drop,
};
