// SPDX-License-Identifier: GPL-2.0-only
/* put via virt_to_page of page_address */
#include <linux/mm.h>

int go_addr_arith(struct toyc *ctx, unsigned long addr, int n)
{
	struct page *page;
	void *va = page_address(page);
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	if (dma_map_page(NULL, page, 0, 4096, 0)) {
		put_page(page); /* @release */
		return -EIO;
	}
	put_page(virt_to_page(va)); /* @release */
	return 0;
}
