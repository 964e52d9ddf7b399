// SPDX-License-Identifier: GPL-2.0-only
/* One statement takes a page or makes one, as a condition says. */
#include <linux/mm.h>

int lamp_light(unsigned long at, bool user)
{
	struct page *page = NULL;
	int got;

	got = user ? get_user_pages_fast(at, 1, FOLL_WRITE, &page) :
		((page = alloc_page(GFP_KERNEL)) ? 1 : 0);
	if (got != 1)
		return -EFAULT;
	memset(page_address(page), 1, 8);
	put_page(page); /* @blocks */
	return 0;
}
