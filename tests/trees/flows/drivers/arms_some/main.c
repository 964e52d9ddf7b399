// SPDX-License-Identifier: GPL-2.0-only
/* without the symbol nothing drops the page */
#include <linux/mm.h>

int arms_some(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 16);
	set_page_dirty_lock(page);
#ifdef CONFIG_ARMS
	put_page(page); /* @blocks */
#endif
	return 0;
}
