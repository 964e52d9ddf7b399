// SPDX-License-Identifier: GPL-2.0-only
/* release through a typedef of the struct */
#include <linux/mm.h>

struct ctx_typedef {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_typedef(struct ctx_typedef *ctx, unsigned long addr)
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

typedef struct ctx_typedef ctx_typedef_t;

void drop_typedef(ctx_typedef_t *c)
{
	put_page(c->page); /* @release */
}

void stop_typedef(struct ctx_typedef *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations typedef_ops = {
	.take = take_typedef,
	.drop = drop_typedef,
	.stop = stop_typedef,
};
