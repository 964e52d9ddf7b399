// SPDX-License-Identifier: GPL-2.0-only
/* the other arm of an if that runs once took nothing */
#include <linux/mm.h>

int other_arm(struct device *dev, unsigned long addr, void *mem)
{
	struct page *page;
	int ret;

	if (!mem) {
		ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
		if (ret != 1)
			return -EFAULT;
		dma_map_page(dev, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
		put_page(page); /* @release */
		return 0;
	} else {
		if (!dev)
			return -EINVAL;
		dma_map_single(dev, mem, PAGE_SIZE, DMA_FROM_DEVICE);
		return 0;
	}
}
