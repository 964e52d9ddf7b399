/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_alias_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_alias_dev {
	const struct method_alias_ops *ops;
	void *kept;
};

extern const struct method_alias_ops method_alias_keeper_ops;

void *method_alias_keep(struct scatterlist *table, unsigned int nr);
#define method_alias_do method_alias_keep
