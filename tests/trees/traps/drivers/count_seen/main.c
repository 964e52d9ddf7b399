// SPDX-License-Identifier: GPL-2.0-only
/* the number of references is looked at while ours is one of them */
#include <linux/mm.h>

int go_count_seen(unsigned long addr)
{
	struct page *page;
	int shared;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	flush_dcache_page(page);
	shared = page_count(page) > 2; /* @mixed */
	put_page(page); /* @release */
	return shared;
}
