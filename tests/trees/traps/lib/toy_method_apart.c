// SPDX-License-Identifier: GPL-2.0-only
#include <linux/toy_method_apart.h>

static void *method_apart_call(struct method_apart_dev *dev, unsigned int nr,
			       struct scatterlist *table)
{
	void *(*keep)(struct scatterlist *, unsigned int) = dev->ops->keep;

	return keep(table, nr);
}

void *method_apart_give(struct method_apart_dev *dev,
			struct scatterlist *table, unsigned int nr)
{
	return method_apart_call(dev, nr, table);
}
