// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

void toy_sg_free_sg_elsewhere(struct scatterlist *sg, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(sg_page(&sg[i])); /* @release */
}
