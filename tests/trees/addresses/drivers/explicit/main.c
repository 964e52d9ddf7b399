// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int toy_explicit(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_unlocked(addr, 1, &page, FOLL_GET | FOLL_WRITE) != 1)
		return -EFAULT;
	clear_highpage(page);
	put_page(page); /* @release */
	return 0;
}
