// SPDX-License-Identifier: GPL-2.0-only
/* page kept in a static local across calls */
#include <linux/mm.h>

int go_local_static(unsigned long addr, int n)
{
	static struct page *last;
	struct page *page;
	int ret;

	if (n) {
		put_page(last); /* @release */
		return 0;
	}
	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(NULL, page, 0, 4096, 0);
	last = page;
	return 0;
}
