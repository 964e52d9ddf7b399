// SPDX-License-Identifier: GPL-2.0-only
/* acquired under one command, released under another */
#include <linux/mm.h>

struct ctx_constants {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_constants(struct ctx_constants *ctx, unsigned long addr)
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

void drop_constants(struct ctx_constants *ctx)
{
	put_page(ctx->page); /* @release */
	ctx->page = NULL;
}

long ioctl_constants(struct ctx_constants *ctx, unsigned int cmd, unsigned long arg)
{
	if (cmd == TOY_MAP)
		return take_constants(ctx, arg);
	if (cmd == TOY_UNMAP)
		drop_constants(ctx);
	return 0;
}

void stop_constants(struct ctx_constants *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations constants_ops = {
	.ioctl = ioctl_constants,
	.stop = stop_constants,
};
