// SPDX-License-Identifier: GPL-2.0-only
/* one local: user page or allocated */
#include <linux/mm.h>

int go_local_mixed(unsigned long addr, int user)
{
	struct page *page;
	int ret;

	if (user) {
		ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
		if (ret != 1)
			return -EFAULT;
	} else {
		page = alloc_page(GFP_KERNEL);
	}
	dma_map_page(NULL, page, 0, 4096, 0);
	put_page(page); /* @mixed */
	return 0;
}
