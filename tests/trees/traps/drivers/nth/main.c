// SPDX-License-Identifier: GPL-2.0-only
/* page + 1 released */
#include <linux/mm.h>

int go_nth(struct toyc *ctx, unsigned long addr, int n)
{
	struct page *page;
	int i;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, page, 0, 4096, 0)) {
		put_page(page); /* @release */
		return -EIO;
	}
	for (i = 0; i < n; i++)
		put_page(page + i); /* @mixed */
	return 0;
}
