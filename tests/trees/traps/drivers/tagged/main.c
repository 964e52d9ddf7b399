// SPDX-License-Identifier: GPL-2.0-only
/* pointer tagged in an unsigned long */
#include <linux/mm.h>

struct ctx_tagged {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_tagged(struct ctx_tagged *ctx, unsigned long addr)
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
	ctx->cookie = (unsigned long)page | 1;
	return 0;
}

void drop_tagged(struct ctx_tagged *ctx)
{
	put_page((struct page *)(ctx->cookie & ~1UL)); /* @release */
}
