// SPDX-License-Identifier: GPL-2.0-only
/* aliased into an object of unknown type */
#include <linux/mm.h>

struct ctx_alias_unknown {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_alias_unknown(struct ctx_alias_unknown *ctx, unsigned long addr)
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
	toy_of(ctx)->page = page;
	return 0;
}

void drop_alias_unknown(struct ctx_alias_unknown *ctx)
{
	put_page(ctx->page); /* @release */
}

void stop_alias_unknown(struct ctx_alias_unknown *ctx)
{
	put_page(ctx->page); /* @release */
}
