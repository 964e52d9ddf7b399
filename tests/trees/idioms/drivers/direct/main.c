// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int direct_go(struct device *dev, unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	dma_map_page(dev, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	put_page(page); /* @release */
	return 0;
}
