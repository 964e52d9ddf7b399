// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int toy_clear(unsigned long addr, unsigned int flags)
{
	struct page *page;

	if (get_user_pages(addr, 1, flags, &page) != 1)
		return -EFAULT;
	clear_highpage(page);
	put_page(page);
	return 0;
}

int toy_one(unsigned long addr)
{
	return toy_clear(addr, FOLL_WRITE);
}

int toy_other(unsigned long addr)
{
	return toy_clear(addr, FOLL_WRITE | FOLL_PIN); /* @blocks */
}
