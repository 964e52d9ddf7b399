// SPDX-License-Identifier: GPL-2.0-only
/* release in a static inline of a header */
#include <linux/mm.h>

struct ctx_header_inline {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_header_inline(struct ctx_header_inline *ctx, unsigned long addr)
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

void drop_header_inline(struct ctx_header_inline *ctx)
{
	toy_give_back_header_inline(ctx->page);
}

void stop_header_inline(struct ctx_header_inline *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations header_inline_ops = {
	.take = take_header_inline,
	.drop = drop_header_inline,
	.stop = stop_header_inline,
};
