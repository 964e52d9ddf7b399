// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_method_apart.h>

struct method_apart_kept {
	struct scatterlist *rows_method_apart;
	unsigned int nr;
};

static void *method_apart_keep(struct scatterlist *table, unsigned int nr)
{
	struct method_apart_kept *kept = kzalloc(sizeof(*kept), GFP_KERNEL);

	if (!kept)
		return NULL;
	kept->rows_method_apart = table;
	kept->nr = nr;
	return kept;
}

static void method_apart_drop(void *arg)
{
	struct method_apart_kept *kept = arg;
	unsigned int k;

	for (k = 0; k < kept->nr; k++) {
		set_page_dirty_lock(sg_page(&kept->rows_method_apart[k]));
		put_page(sg_page(&kept->rows_method_apart[k])); /* @release */
	}
	kfree(kept->rows_method_apart);
	kfree(kept);
}

const struct method_apart_ops method_apart_keeper_ops = {
	.keep = method_apart_keep,
	.drop = method_apart_drop,
};
