// SPDX-License-Identifier: GPL-2.0-only
/* user page locked for dirtying, unlocked, released */
#include <linux/mm.h>

struct ctx_unlock_page {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_unlock_page(struct ctx_unlock_page *ctx, unsigned long addr)
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

void drop_unlock_page(struct ctx_unlock_page *ctx)
{
	lock_page(ctx->page);
	set_page_dirty(ctx->page);
	unlock_page(ctx->page);
	put_page(ctx->page); /* @release */
}

void stop_unlock_page(struct ctx_unlock_page *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations unlock_page_ops = {
	.take = take_unlock_page,
	.drop = drop_unlock_page,
	.stop = stop_unlock_page,
};
