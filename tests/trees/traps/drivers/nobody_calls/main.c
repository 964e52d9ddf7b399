// SPDX-License-Identifier: GPL-2.0-only
/* nobody here calls what drops the page, which need not be late */
#include <linux/mm.h>

struct nobody_calls_lot {
	struct page *page;
};

int take_nobody_calls(struct nobody_calls_lot *lot, unsigned long from)
{
	if (get_user_pages_fast(from, 1, FOLL_WRITE, &lot->page) != 1)
		return -EFAULT;
	dma_map_page(NULL, lot->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

void drop_nobody_calls(struct nobody_calls_lot *lot)
{
	put_page(lot->page); /* @release */
}
