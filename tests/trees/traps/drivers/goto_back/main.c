// SPDX-License-Identifier: GPL-2.0-only
/* label jumped back to, local overwritten in between */
#include <linux/mm.h>

int go_goto_back(unsigned long addr, int n)
{
	struct page *page, *spare;
	int ret;

	spare = alloc_page(GFP_KERNEL);
	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
again:
	dma_map_page(NULL, page, 0, 4096, 0);
	put_page(page); /* @mixed */
	if (n--) {
		page = spare;
		goto again;
	}
	return 0;
}
