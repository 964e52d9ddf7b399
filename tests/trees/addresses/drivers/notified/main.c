// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* The twin of number in a driver that hears of unmapping. */
int toy_notified(unsigned long addr, unsigned long *at)
{
	struct page *page;

	if (get_user_pages(addr, 1, FOLL_WRITE, &page) <= 0)
		return -EFAULT;
	*at = page_to_phys(page);
	put_page(page);
	return 0;
}
