// SPDX-License-Identifier: GPL-2.0-only
/* release inside a switch condition */
#include <linux/mm.h>

struct ctx_switch_cond {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_switch_cond(struct ctx_switch_cond *ctx, unsigned long addr)
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

static int give_back_switch_cond(struct page *p)
{
	put_page(p); /* @release */
	return 0;
}

void drop_switch_cond(struct ctx_switch_cond *ctx)
{
	switch (give_back_switch_cond(ctx->page)) {
	case 0:
		break;
	}
}

void stop_switch_cond(struct ctx_switch_cond *ctx)
{
	put_page(ctx->page); /* @release */
}
