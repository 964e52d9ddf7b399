// SPDX-License-Identifier: GPL-2.0-only
/* the structure that holds the pages is a function's result */
#include <linux/mm.h>

struct toy_returned_whole {
	struct page *page;
	int nr;
};

static struct toy_returned_whole take_returned_whole(unsigned long addr)
{
	struct toy_returned_whole held = { .nr = 0 };

	held.nr = get_user_pages_fast(addr, 1, FOLL_WRITE, &held.page);
	return held;
}

static void drop_returned_whole(struct toy_returned_whole held)
{
	if (held.nr == 1)
		put_page(held.page); /* @release */
}

int run_returned_whole(struct device *dev, unsigned long addr)
{
	struct toy_returned_whole held = take_returned_whole(addr);
	int ret = -EFAULT;

	if (held.nr == 1)
		ret = dma_map_page(dev, held.page, 0, 4096, 0) ? 0 : -EIO;
	drop_returned_whole(held);
	return ret;
}
