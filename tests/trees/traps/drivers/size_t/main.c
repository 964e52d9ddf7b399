// SPDX-License-Identifier: GPL-2.0-only
/* pointer kept in a size_t */
#include <linux/mm.h>

struct ctx_size_t {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	size_t cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_size_t(struct ctx_size_t *ctx, unsigned long addr)
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
	ctx->cookie = (size_t)page;
	return 0;
}

void drop_size_t(struct ctx_size_t *ctx)
{
	put_page((struct page *)ctx->cookie); /* @release */
}
