// SPDX-License-Identifier: GPL-2.0-only
/* there may be none of both */
#include <linux/mm.h>

int arms_most(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 16);
	set_page_dirty_lock(page);
#ifdef CONFIG_ARMS
	put_page(page); /* @blocks */
#elif defined(CONFIG_OTHER)
	put_page(page);
#endif
	return 0;
}
