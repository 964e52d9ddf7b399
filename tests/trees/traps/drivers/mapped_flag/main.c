// SPDX-License-Identifier: GPL-2.0-only
/* flag set late in the acquiring function guards the other release */
#include <linux/mm.h>

struct ctx_mapped_flag {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_mapped_flag(struct ctx_mapped_flag *ctx, unsigned long addr)
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
	if (toy_start(ctx))
		return -EIO;
	ctx->mapped = 1;
	return 0;
}

void drop_mapped_flag(struct ctx_mapped_flag *ctx)
{
	if (ctx->mapped) {
		toy_stop(ctx);
		put_page(ctx->page); /* @release */
	} else {
		put_page(ctx->page); /* @release */
	}
}

void stop_mapped_flag(struct ctx_mapped_flag *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations mapped_flag_ops = {
	.take = take_mapped_flag,
	.drop = drop_mapped_flag,
	.stop = stop_mapped_flag,
};
