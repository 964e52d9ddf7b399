// SPDX-License-Identifier: GPL-2.0-only
/* inner variable of the same name */
#include <linux/mm.h>

int go_shadow(unsigned long addr, int n)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (n) {
		struct page *page = alloc_page(GFP_KERNEL);

		dma_map_page(NULL, page, 0, 4096, 0);
		put_page(page);
	}
	dma_map_page(NULL, page, 0, 4096, 0);
	put_page(page); /* @release */
	return 0;
}
