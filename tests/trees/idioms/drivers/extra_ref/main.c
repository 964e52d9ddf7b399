// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int extra_ref(struct device *dev, struct extra_ref_ctx *ctx, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(dev, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	if (ctx)
		get_page(page); /* @blocks */
	put_page(page);
	return 0;
}
