// SPDX-License-Identifier: GPL-2.0-only
/* extra reference by hand */
#include <linux/mm.h>

int go_atomic_ref(unsigned long addr, int n)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	atomic_inc(&page->_refcount); /* @mixed */
	dma_map_page(NULL, page, 0, 4096, 0);
	put_page(page);
	return 0;
}
