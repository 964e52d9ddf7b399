// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct same_ctx {
	struct page *page;
	dma_addr_t dma;
};

static int same_take(struct same_ctx *ctx, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page);
	if (ret != 1)
		return -EFAULT;
	ctx->dma = dma_map_page(NULL, ctx->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static void same_drop(struct same_ctx *ctx)
{
	put_page(ctx->page); /* @release @blocks */
}

long same_ioctl(struct same_ctx *ctx, unsigned int cmd, unsigned long arg)
{
	if (cmd == 1)
		return same_take(ctx, arg);
	if (cmd == 2) {
		same_drop(ctx);
		return 0;
	}
	return -EINVAL;
}
