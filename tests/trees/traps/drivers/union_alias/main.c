// SPDX-License-Identifier: GPL-2.0-only
/* union, and another release */
#include <linux/mm.h>

struct ctx_union_alias {
	struct page *page;
	struct page *pages[8];
	union {
		struct page *page;
		void *ptr;
	} u;
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_union_alias(struct ctx_union_alias *ctx, unsigned long addr)
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
	ctx->u.page = page;
	return 0;
}

void drop_union_alias(struct ctx_union_alias *ctx)
{
	put_page(ctx->u.ptr); /* @release */
}

void stop_union_alias(struct ctx_union_alias *ctx)
{
	put_page(ctx->u.page); /* @release */
}
