// SPDX-License-Identifier: GPL-2.0-only
/* released as a folio */
#include <linux/mm.h>

int go_folio(struct toyc *ctx, unsigned long addr, int n)
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
	folio_put(page_folio(page)); /* @release */
	return 0;
}
