// SPDX-License-Identifier: GPL-2.0-only
/* struct copied by assignment to a local */
#include <linux/mm.h>

struct ctx_struct_assign {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_struct_assign(struct ctx_struct_assign *ctx, unsigned long addr)
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

void drop_struct_assign(struct ctx_struct_assign *ctx)
{
	struct ctx_struct_assign copy;

	copy = *ctx;
	put_page(copy.page); /* @release */
}

void stop_struct_assign(struct ctx_struct_assign *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations struct_assign_ops = {
	.take = take_struct_assign,
	.drop = drop_struct_assign,
	.stop = stop_struct_assign,
};
