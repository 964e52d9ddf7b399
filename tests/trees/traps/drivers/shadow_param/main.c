// SPDX-License-Identifier: GPL-2.0-only
/* inner array of the same name, filled by a helper */
#include <linux/mm.h>

int go_shadow_param(unsigned long addr, int n)
{
	struct page *pages[1];
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, pages);
	if (ret != 1)
		return -EFAULT;
	if (n) {
		struct page *pages[1];

		pages[0] = alloc_page(GFP_KERNEL);
		dma_map_page(NULL, pages[0], 0, 4096, 0);
		put_page(pages[0]);
	}
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	put_page(pages[0]); /* @release */
	return 0;
}
