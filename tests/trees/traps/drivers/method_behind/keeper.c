// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_method_behind.h>

struct method_behind_kept {
	struct scatterlist *rows_method_behind;
	unsigned int nr;
};

static void *method_behind_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_behind_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_behind = table;
	kept->nr = nr;
	return kept;
}

static void method_behind_drop(void *arg)
{
	struct method_behind_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_behind[k]));
		put_page(sg_page(&kept->rows_method_behind[k])); /* @release */
	}
	kfree(kept->rows_method_behind);
	kfree(kept);
}

const struct method_behind_ops method_behind_keeper_ops = {
	.keep = method_behind_keep,
	.drop = method_behind_drop,
};
