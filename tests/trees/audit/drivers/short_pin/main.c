// SPDX-License-Identifier: GPL-2.0-only
/* A short result is taken for an error; the twin gives back what came. */
#include <linux/mm.h>

int short_bad(unsigned long addr, int nr)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, nr, 0, pages);
	if (ret != nr)
		return -EFAULT;	/* @leak-short-pin */
	work_on(nr);
	unpin_user_pages(pages, nr);
	return 0;
}

int short_good(unsigned long addr, int nr)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, nr, 0, pages);
	if (ret != nr) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	work_on(nr);
	unpin_user_pages(pages, nr);
	return 0;
}
