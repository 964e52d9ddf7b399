// SPDX-License-Identifier: GPL-2.0-only
/* release in a kref callback */
#include <linux/mm.h>

struct ctx_kref {
	struct page *page;
	struct page *pages[8];
	struct kref kref;
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_kref(struct ctx_kref *ctx, unsigned long addr)
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

static void release_kref(struct kref *kref)
{
	struct ctx_kref *ctx = container_of(kref, struct ctx_kref, kref);

	put_page(ctx->page); /* @release */
	kfree(ctx);
}

void drop_kref(struct ctx_kref *ctx)
{
	kref_put(&ctx->kref, release_kref);
}

void stop_kref(struct ctx_kref *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations kref_ops = {
	.take = take_kref,
	.drop = drop_kref,
	.stop = stop_kref,
};
