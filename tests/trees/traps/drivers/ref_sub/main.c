// SPDX-License-Identifier: GPL-2.0-only
/* page_ref_dec */
#include <linux/mm.h>

int go_ref_sub(struct toyc *ctx, unsigned long addr, int n)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, page, 0, 4096, 0)) {
		put_page(page); /* @release */
		return -EIO;
	}
	page_ref_dec(page);
	return 0;
}
