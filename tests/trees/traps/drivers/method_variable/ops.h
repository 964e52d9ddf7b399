/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/mm.h>

struct method_variable_ops {
	void *(*keep)(struct scatterlist *table, unsigned int nr);
	void (*drop)(void *kept);
};

struct method_variable_dev {
	const struct method_variable_ops *ops;
	void *kept;
};

extern const struct method_variable_ops method_variable_keeper_ops;
