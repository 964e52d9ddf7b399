// SPDX-License-Identifier: GPL-2.0-only
/* local array with a zero page in a hole */
#include <linux/mm.h>

int go_array_mixed(unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < 0)
		return -EFAULT;
	for (i = ret; i < n; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @mixed */
	return 0;
}
