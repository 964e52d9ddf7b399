// SPDX-License-Identifier: GPL-2.0-only
/* the page is passed on after its reference is gone */
#include <linux/mm.h>

struct page *next_used_after(struct toyc *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return NULL;
	put_page(page); /* @mixed */
	ctx->done++;
	return page;
}

void go_used_after(struct toyc *ctx, unsigned long addr)
{
	struct page *page = next_used_after(ctx, addr);

	if (page)
		dma_map_page(NULL, page, 0, 4096, 0);
}
