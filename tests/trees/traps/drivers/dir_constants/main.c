// SPDX-License-Identifier: GPL-2.0-only
/* acquired for one direction, released by another test */
#include <linux/mm.h>

struct ctx_dir_constants {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_dir_constants(struct ctx_dir_constants *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	if (ctx->mapped == TOY_USER) {
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
	return -EINVAL;
}

void drop_dir_constants(struct ctx_dir_constants *ctx, int reason)
{
	if (reason == TOY_DONE)
		put_page(ctx->page); /* @release */
}

void stop_dir_constants(struct ctx_dir_constants *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations dir_constants_ops = {
	.take = take_dir_constants,
	.drop = drop_dir_constants,
	.stop = stop_dir_constants,
};
