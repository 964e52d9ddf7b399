// SPDX-License-Identifier: GPL-2.0-only
/* short pin returned in a conditional */
#include <linux/mm.h>

struct ctx_leak_cond_return {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_leak_cond_return(struct ctx_leak_cond_return *ctx, unsigned long addr, int n)
{
	int ret;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, ctx->pages);
	return ret == n ? 0 : -EFAULT; /* @leak */
}

void drop_leak_cond_return(struct ctx_leak_cond_return *ctx)
{
	int i;

	dma_map_page(NULL, ctx->pages[0], 0, 4096, 0);
	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]);
}

const struct toy_operations leak_cond_return_ops = {
	.take = take_leak_cond_return,
	.drop = drop_leak_cond_return,
};
