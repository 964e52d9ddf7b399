// SPDX-License-Identifier: GPL-2.0-only
/* address of the member kept in another object */
#include <linux/mm.h>

struct ctx_addr_kept {
	struct page *page;
	struct page *pages[8];
	struct page **slot;
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_addr_kept(struct ctx_addr_kept *ctx, unsigned long addr)
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
	ctx->slot = &ctx->page;
	return 0;
}

void drop_addr_kept(struct ctx_addr_kept *ctx)
{
	put_page(*ctx->slot); /* @release */
}

void stop_addr_kept(struct ctx_addr_kept *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations addr_kept_ops = {
	.take = take_addr_kept,
	.drop = drop_addr_kept,
	.stop = stop_addr_kept,
};
