// SPDX-License-Identifier: GPL-2.0-only
#include "ops.h"

struct method_alias_kept {
	struct scatterlist *rows_method_alias;
	unsigned int nr;
};

void *method_alias_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_alias_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_alias = table;
	kept->nr = nr;
	return kept;
}

static void method_alias_drop(void *arg)
{
	struct method_alias_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_alias[k]));
		put_page(sg_page(&kept->rows_method_alias[k])); /* @release */
	}
	kfree(kept->rows_method_alias);
	kfree(kept);
}

const struct method_alias_ops method_alias_keeper_ops = {
	.keep = method_alias_keep,
	.drop = method_alias_drop,
};
