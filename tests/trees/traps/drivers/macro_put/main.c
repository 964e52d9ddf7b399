// SPDX-License-Identifier: GPL-2.0-only
/* #define drop(p) put_page(p) */
#include <linux/mm.h>

struct ctx_macro_put {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_macro_put(struct ctx_macro_put *ctx, unsigned long addr)
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

#define give_back_macro_put(p) put_page(p)
void drop_macro_put(struct ctx_macro_put *ctx)
{
	give_back_macro_put(ctx->page); /* @release */
}

void stop_macro_put(struct ctx_macro_put *ctx)
{
	put_page(ctx->page); /* @release */
}
