// SPDX-License-Identifier: GPL-2.0-only
/* single local chosen by ?:  */
#include <linux/mm.h>

int go_local_cond(unsigned long addr, int n)
{
	struct page *page, *spare, *use;
	int ret;

	spare = alloc_page(GFP_KERNEL);
	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	use = n ? page : spare;
	dma_map_page(NULL, use, 0, 4096, 0);
	put_page(use); /* @mixed */
	return 0;
}
