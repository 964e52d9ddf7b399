/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_far_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_far_dev {
	const struct method_far_ops *ops;
	void *kept;
};

extern const struct method_far_ops method_far_keeper_ops;
