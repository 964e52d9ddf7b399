// SPDX-License-Identifier: GPL-2.0-only
/* static helper gets user pages and others */
#include <linux/mm.h>

static void give_back_param_mixed(struct page *p)
{
	put_page(p); /* @mixed */
}

int go_param_mixed(unsigned long addr, int n)
{
	struct page *page, *spare;
	int ret;

	spare = alloc_page(GFP_KERNEL);
	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(NULL, page, 0, 4096, 0);
	give_back_param_mixed(page);
	give_back_param_mixed(spare);
	return 0;
}
