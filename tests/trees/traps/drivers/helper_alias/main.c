// SPDX-License-Identifier: GPL-2.0-only
/* identity helper */
#include <linux/mm.h>

int go_helper_alias(struct toyc *ctx, unsigned long addr, int n)
{
	struct page *page;
	struct page *use;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, page, 0, 4096, 0)) {
		put_page(page); /* @release */
		return -EIO;
	}
	use = toy_same(page);
	put_page(use); /* @release */
	return 0;
}
