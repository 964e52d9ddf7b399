// SPDX-License-Identifier: GPL-2.0-only
/* address passed to put_pages_list after list_add_tail */
#include <linux/mm.h>

int go_pages_put(struct toyc *ctx, unsigned long addr, int n)
{
	struct page *page;
	LIST_HEAD(l);
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, page, 0, 4096, 0)) {
		put_page(page); /* @release */
		return -EIO;
	}
	list_add_tail(&page->lru, &l);
	put_pages_list(&l);
	return 0;
}
