// SPDX-License-Identifier: GPL-2.0-only
/* the page of the last round is released in the next */
#include <linux/mm.h>

int go_loop_carried(unsigned long addr, int n)
{
	struct page *page, *last = NULL;
	int ret, i;

	for (i = 0; i < n; i++) {
		if (last)
			put_page(last); /* @release */
		ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
		if (ret != 1)
			return 0;
		dma_map_page(NULL, page, 0, 4096, 0);
		last = page;
	}
	if (last)
		put_page(last); /* @release */
	return 0;
}
