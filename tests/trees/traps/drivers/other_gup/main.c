// SPDX-License-Identifier: GPL-2.0-only
/* get_user_pages() fills the same member */
#include <linux/mm.h>

struct ctx_other_gup {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_other_gup(struct ctx_other_gup *ctx, unsigned long addr)
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

int take_slow_other_gup(struct ctx_other_gup *ctx, unsigned long addr)
{
	return get_user_pages(addr, 1, FOLL_WRITE, &ctx->page, NULL) == 1 ? 0 : -EFAULT;
}

void drop_other_gup(struct ctx_other_gup *ctx)
{
	put_page(ctx->page); /* @mixed */
}

void stop_other_gup(struct ctx_other_gup *ctx)
{
	put_page(ctx->page); /* @release */
}
