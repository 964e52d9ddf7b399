// SPDX-License-Identifier: GPL-2.0-only
/* page put on a list by page->lru */
#include <linux/mm.h>

struct ctx_list_lru {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_list_lru(struct ctx_list_lru *ctx, unsigned long addr)
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
	list_add(&page->lru, &ctx->list);
	return 0;
}

void drop_list_lru(struct ctx_list_lru *ctx)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &ctx->list, lru)
		put_page(page); /* @release */
}
