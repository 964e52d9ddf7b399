// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#include "toy.h"

int pointer_take(struct pointer_ctx *ctx, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(NULL, ctx->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}
