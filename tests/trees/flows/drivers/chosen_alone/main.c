// SPDX-License-Identifier: GPL-2.0-only
/* One statement takes a page or fails, as a condition says. */
#include <linux/mm.h>

int lamp_light(unsigned long at, bool user)
{
	struct page *page = NULL;
	int got;

	got = user ? get_user_pages_fast(at, 1, FOLL_WRITE, &page) : -EPERM;
	if (got != 1)
		return -EFAULT;
	memset(page_address(page), 1, 8);
	put_page(page); /* @release */
	return 0;
}
