// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int array_leak_go(struct device *dev, unsigned long addr, int n)
{
	struct page *pages[16];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret <= 0)
		return -EFAULT;
	if (ret < n) {
		return -EFAULT; /* @blocks */
	}
	for (i = 0; i < n; i++)
		dma_map_page(dev, pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @release */
	return 0;
}
