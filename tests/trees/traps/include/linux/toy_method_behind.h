/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_behind_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_behind_dev {
	const struct method_behind_ops *ops;
	void *kept;
};

extern const struct method_behind_ops method_behind_keeper_ops;

static inline void *method_behind_give(struct method_behind_dev *dev,
				       struct scatterlist *table,
				       unsigned int nr)
{
	return dev->ops->keep(table, nr);
}
