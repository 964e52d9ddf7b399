// SPDX-License-Identifier: GPL-2.0-only
/* struct in a global object */
#include <linux/mm.h>

struct ctx_file_global {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

static struct ctx_file_global the_ctx;

int go_file_global(struct ctx_file_global *ctx, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, ctx->page, 0, 4096, 0)) {
		put_page(ctx->page); /* @release */
		return -EIO;
	}
	return 0;
}

void stop_file_global(void)
{
	put_page(the_ctx.page); /* @release */
}

void stop_one_file_global(struct ctx_file_global *ctx)
{
	put_page(ctx->page); /* @release */
}
