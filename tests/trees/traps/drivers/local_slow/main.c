// SPDX-License-Identifier: GPL-2.0-only
/* one local array: fast or get_user_pages */
#include <linux/mm.h>

int go_local_slow(unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	if (n == 1)
		ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	else
		ret = get_user_pages(addr, n, FOLL_WRITE, pages, NULL);
	if (ret <= 0)
		return -EFAULT;
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	for (i = 0; i < ret; i++)
		put_page(pages[i]); /* @mixed */
	return 0;
}
