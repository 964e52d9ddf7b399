// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#include "toy.h"

int member_take(struct member_ctx *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	ctx->dma = dma_map_page(NULL, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	if (!ctx->dma) {
		put_page(page); /* @release */
		return -EIO;
	}
	ctx->page = page;
	return 0;
}

const struct toy_operations member_ops = {
	.take = member_take,
	.drop = member_drop,
};
