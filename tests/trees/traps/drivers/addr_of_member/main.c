// SPDX-License-Identifier: GPL-2.0-only
/* address of the member handed out */
#include <linux/mm.h>

struct ctx_addr_of_member {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_addr_of_member(struct ctx_addr_of_member *ctx, unsigned long addr)
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

static void give_back_addr_of_member(struct page **pp)
{
	put_page(*pp); /* @release */
	*pp = NULL;
}

void drop_addr_of_member(struct ctx_addr_of_member *ctx)
{
	give_back_addr_of_member(&ctx->page);
}

void stop_addr_of_member(struct ctx_addr_of_member *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations addr_of_member_ops = {
	.take = take_addr_of_member,
	.drop = drop_addr_of_member,
	.stop = stop_addr_of_member,
};
