// SPDX-License-Identifier: GPL-2.0-only
/* An unsigned compare lets an error through; the twin compares as signed. */
#include <linux/mm.h>

int beyond_bad(unsigned long addr, unsigned int nr)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, nr, 0, pages);
	if (ret < nr) {
		unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	work_on(nr);
	unpin_user_pages(pages, nr);	/* @count-not-taken */
	return 0;
}

int beyond_good(unsigned long addr, int nr)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, nr, 0, pages);
	if (ret < nr) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	work_on(nr);
	unpin_user_pages(pages, nr);
	return 0;
}
