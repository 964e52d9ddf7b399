// SPDX-License-Identifier: GPL-2.0-only
/* one way drops the page, the other hands it out */
#include <linux/mm.h>

int go_left_single(unsigned long addr, struct page **out, bool test)
{
	struct page *page;
	int got;

	got = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (got != 1)
		return -EFAULT;
	flush_dcache_page(page);
	if (test) {
		put_page(page); /* @release */
		return 0;
	}
	*out = page;
	return 0; /* @held */
}
EXPORT_SYMBOL(go_left_single);
