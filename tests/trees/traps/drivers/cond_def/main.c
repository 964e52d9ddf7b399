// SPDX-License-Identifier: GPL-2.0-only
/* helper defined twice under #ifdef */
#include <linux/mm.h>

struct ctx_cond_def {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_cond_def(struct ctx_cond_def *ctx, unsigned long addr)
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

#ifdef CONFIG_TOY
static void give_back_cond_def(struct page *p)
{
	put_page(p); /* @release */
}
#else
static void give_back_cond_def(struct page *p)
{
	set_page_dirty_lock(p);
	put_page(p); /* @release */
}
#endif

void drop_cond_def(struct ctx_cond_def *ctx)
{
	give_back_cond_def(ctx->page);
}

void stop_cond_def(struct ctx_cond_def *ctx)
{
	put_page(ctx->page); /* @release */
}
