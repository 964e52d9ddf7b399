// SPDX-License-Identifier: GPL-2.0-only
/* release in a .c that is included */
#include <linux/mm.h>

struct ctx_include_c {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_include_c(struct ctx_include_c *ctx, unsigned long addr)
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

#include "impl.c"

void stop_include_c(struct ctx_include_c *ctx)
{
	put_page(ctx->page); /* @release */
}
