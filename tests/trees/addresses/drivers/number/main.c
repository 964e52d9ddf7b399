// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* The number goes out and the reference goes: what holds the page then? */
int toy_number(unsigned long addr, unsigned long *at)
{
	struct page *page;

	if (get_user_pages(addr, 1, FOLL_WRITE, &page) <= 0)
		return -EFAULT;
	*at = page_to_phys(page); /* @blocks */
	put_page(page);
	return 0;
}
