// SPDX-License-Identifier: GPL-2.0-only
/* struct copied by memcpy into another type's member */
#include <linux/mm.h>

struct ctx_whole_memcpy {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_whole_memcpy(struct ctx_whole_memcpy *ctx, unsigned long addr)
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

struct other_whole_memcpy {
	struct page *first;
};

void drop_whole_memcpy(struct ctx_whole_memcpy *ctx)
{
	struct other_whole_memcpy o;

	memcpy(&o, ctx, sizeof(o));
	put_page(o.first); /* @release */
}

void stop_whole_memcpy(struct ctx_whole_memcpy *ctx)
{
	put_page(ctx->page); /* @release */
}
