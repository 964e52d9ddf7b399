/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_macro_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_macro_dev {
	const struct method_macro_ops *ops;
	void *kept;
};

extern const struct method_macro_ops method_macro_keeper_ops;

#define method_macro_keep(dev, table, nr) \
	((dev)->ops->keep(table, nr))
