// SPDX-License-Identifier: GPL-2.0-only
/* An error code becomes a count. */
#include <linux/mm.h>

int negative_bad(unsigned long addr, int nr)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, nr, 0, pages);
	if (ret != nr) {
		unpin_user_pages(pages, ret);	/* @negative-count */
		return -EFAULT;
	}
	unpin_user_pages(pages, nr);
	return 0;
}

int negative_good(unsigned long addr, int nr)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, nr, 0, pages);
	if (ret < 0)
		return ret;
	if (ret != nr) {
		unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	unpin_user_pages(pages, nr);
	return 0;
}
