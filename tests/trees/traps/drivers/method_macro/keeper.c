// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

struct method_macro_kept {
	struct scatterlist *rows_method_macro;
	unsigned int nr;
};

static void *method_macro_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_macro_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_macro = table;
	kept->nr = nr;
	return kept;
}

static void method_macro_drop(void *arg)
{
	struct method_macro_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_macro[k]));
		put_page(sg_page(&kept->rows_method_macro[k])); /* @release */
	}
	kfree(kept->rows_method_macro);
	kfree(kept);
}

const struct method_macro_ops method_macro_keeper_ops = {
	.keep = method_macro_keep,
	.drop = method_macro_drop,
};
