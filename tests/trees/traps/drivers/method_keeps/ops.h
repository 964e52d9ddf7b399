/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_keeps_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_keeps_dev {
	const struct method_keeps_ops *ops;
	void *kept;
};

extern const struct method_keeps_ops method_keeps_keeper_ops;
