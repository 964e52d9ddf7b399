// SPDX-License-Identifier: GPL-2.0-only
/* positional init, and another release */
#include <linux/mm.h>

struct held_init_positional2 {
	struct page *pg;
	int n;
};

struct ctx_init_positional2 {
	struct page *page;
	struct page *pages[8];
	struct held_init_positional2 held;
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_init_positional2(struct ctx_init_positional2 *ctx, unsigned long addr)
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
	{
		struct held_init_positional2 h = { page, 1 };

		ctx->held = h;
	}
	return 0;
}

void drop_init_positional2(struct ctx_init_positional2 *ctx)
{
	put_page(ctx->held.pg); /* @release */
}

void stop_init_positional2(struct ctx_init_positional2 *ctx)
{
	put_page(ctx->held.pg); /* @release */
}
