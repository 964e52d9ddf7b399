// SPDX-License-Identifier: GPL-2.0-only
/* page moved to an object made elsewhere */
#include <linux/mm.h>

struct ctx_struct_move {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

void finish_struct_move(struct ctx_struct_move *c)
{
	put_page(c->page); /* @release */
}

int take_struct_move(struct ctx_struct_move *ctx, unsigned long addr)
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

struct ctx_struct_move *clone_struct_move(struct ctx_struct_move *old)
{
	struct ctx_struct_move *new = kzalloc(sizeof(*new), GFP_KERNEL);

	new->page = old->page;
	old->page = NULL;
	finish_struct_move(new);
	return NULL;
}

void stop_struct_move(struct ctx_struct_move *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations struct_move_ops = {
	.take = take_struct_move,
	.clone = clone_struct_move,
	.stop = stop_struct_move,
};
