// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct skb_ctx {
	struct sk_buff *skb;
};

int skb(struct device *dev, struct skb_ctx *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(dev, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	skb_fill_page_desc(ctx->skb, 0, page, 0, PAGE_SIZE); /* @blocks */
	put_page(page);
	return 0;
}
