/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_apart_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_apart_dev {
	const struct method_apart_ops *ops;
	void *kept;
};

extern const struct method_apart_ops method_apart_keeper_ops;

void *method_apart_give(struct method_apart_dev *dev,
			struct scatterlist *table, unsigned int nr);
