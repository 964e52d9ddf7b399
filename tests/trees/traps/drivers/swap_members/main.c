// SPDX-License-Identifier: GPL-2.0-only
/* two members swapped, one alloc'd */
#include <linux/mm.h>

struct ctx_swap_members {
	struct page *page;
	struct page *pages[8];
	struct page *spare;
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_swap_members(struct ctx_swap_members *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	ctx->dma = dma_map_page(ctx->dev, page, 0, 4096, 0);
	if (dma_mapping_error(ctx->dev, ctx->dma)) {
		put_page(page); /* @release */
		return -EIO;
	}
	ctx->page = page;
	return 0;
}

void fresh_swap_members(struct ctx_swap_members *ctx)
{
	ctx->spare = alloc_page(GFP_KERNEL);
	swap(ctx->page, ctx->spare);
}

void drop_swap_members(struct ctx_swap_members *ctx)
{
	put_page(ctx->page); /* @mixed */
}

void drop_spare_swap_members(struct ctx_swap_members *ctx)
{
	put_page(ctx->spare); /* @mixed */
}

void stop_swap_members(struct ctx_swap_members *ctx)
{
	put_page(ctx->page); /* @release */
}
