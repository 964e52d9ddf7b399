// SPDX-License-Identifier: GPL-2.0-only
/* kmap address kept */
#include <linux/mm.h>

struct ctx_kmap {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_kmap(struct ctx_kmap *ctx, unsigned long addr)
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
	ctx->vaddr = kmap(page);
	return 0;
}

void drop_kmap(struct ctx_kmap *ctx)
{
	struct page *page = kmap_to_page(ctx->vaddr);

	kunmap(page);
	put_page(page); /* @release */
}
