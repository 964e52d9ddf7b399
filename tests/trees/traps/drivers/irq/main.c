// SPDX-License-Identifier: GPL-2.0-only
/* release in a completion interrupt (LONGTERM would be wrong to decide) */
#include <linux/mm.h>

struct ctx_irq {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_irq(struct ctx_irq *ctx, unsigned long addr)
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

static int irq_irq(int irq, void *data)
{
	struct ctx_irq *ctx = data;

	put_page(ctx->page); /* @release */
	return 0;
}

int probe_irq(struct ctx_irq *ctx)
{
	return request_irq(3, irq_irq, 0, "toy", ctx);
}

void stop_irq(struct ctx_irq *ctx)
{
	put_page(ctx->page); /* @release */
}

const struct toy_operations irq_ops = {
	.take = take_irq,
	.probe = probe_irq,
	.stop = stop_irq,
};
