// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* The twin of explicit whose FOLL_GET no rule can take out. */
int toy_variable(unsigned long addr)
{
	unsigned int flags = FOLL_WRITE;
	struct page *page;

	flags |= FOLL_GET; /* @blocks */
	if (get_user_pages_unlocked(addr, 1, &page, flags) != 1)
		return -EFAULT;
	clear_highpage(page);
	put_page(page);
	return 0;
}
