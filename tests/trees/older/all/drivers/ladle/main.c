// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int pin_user_pages(unsigned long first, int n, struct page **pages)
{
	return get_user_pages_fast(first, n, FOLL_WRITE, pages);
}

static void ladle_drop(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(pages[i]);
}

int ladle_fill(struct device *dev, unsigned long first, struct page **pages)
{
	int got = pin_user_pages(first, 16, pages);

	if (got <= 0)
		return -EFAULT;
	dma_map_page(dev, pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
	ladle_drop(pages, got);
	return 0;
}
