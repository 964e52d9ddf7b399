// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

struct method_variable_kept {
	struct scatterlist *rows_method_variable;
	unsigned int nr;
};

static void *method_variable_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_variable_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_variable = table;
	kept->nr = nr;
	return kept;
}

static void method_variable_drop(void *arg)
{
	struct method_variable_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_variable[k]));
		put_page(sg_page(&kept->rows_method_variable[k])); /* @release */
	}
	kfree(kept->rows_method_variable);
	kfree(kept);
}

const struct method_variable_ops method_variable_keeper_ops = {
	.keep = method_variable_keep,
	.drop = method_variable_drop,
};
