// SPDX-License-Identifier: GPL-2.0-only
/* alias in a chain of assignments */
#include <linux/mm.h>

int go_chain_alias(struct toyc *ctx, unsigned long addr, int n)
{
	struct page *page;
	struct page *use, *more;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, page, 0, 4096, 0)) {
		put_page(page); /* @release */
		return -EIO;
	}
	use = more = page;
	put_page(use); /* @release */
	return 0;
}
