// SPDX-License-Identifier: GPL-2.0-only
/* Each arm of an #if drops the pages once, and one of them twice. */
#include <linux/mm.h>

int kiln_heat(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 1, 8);
#ifdef CONFIG_KILN_GAS
	flush_dcache_page(page);
	set_page_dirty_lock(page);
	put_page(page);
#else
	set_page_dirty_lock(page);
	put_page(page);
#endif
	return 0;
}

int kiln_cool(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 1, 8);
#ifdef CONFIG_KILN_GAS
	put_page(page);
	set_page_dirty_lock(page); /* @dirtied-after-put */
#else
	set_page_dirty_lock(page);
	put_page(page);
	put_page(page); /* @double-release */
#endif
	return 0;
}
