/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_mixed_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_mixed_dev {
	const struct method_mixed_ops *ops;
	void *kept;
};

extern const struct method_mixed_ops method_mixed_keeper_ops;
