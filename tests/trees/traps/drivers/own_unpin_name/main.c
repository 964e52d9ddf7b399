// SPDX-License-Identifier: GPL-2.0-only
/* the driver has its own unpin_user_pages() */
#include <linux/mm.h>

struct ctx_own_unpin_name {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

static void unpin_user_pages(struct ctx_own_unpin_name *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}

int go_own_unpin_name(struct ctx_own_unpin_name *ctx, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 8, FOLL_WRITE, ctx->pages);
	if (ret < 8) {
		ctx->n = ret;
		unpin_user_pages(ctx);
		return -EFAULT;
	}
	return 0;
}

void close_own_unpin_name(struct ctx_own_unpin_name *ctx)
{
	dma_map_page(NULL, ctx->pages[0], 0, 4096, 0);
	unpin_user_pages(ctx);
}
