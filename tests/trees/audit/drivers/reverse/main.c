// SPDX-License-Identifier: GPL-2.0-only
/* A reference is dropped as if it were a pin; the twin puts it. */
#include <linux/mm.h>

int reverse_bad(unsigned long addr, struct page **pages, int nr)
{
	int ret;

	ret = get_user_pages_fast(addr, nr, 0, pages);
	if (ret <= 0)
		return -EFAULT;
	unpin_user_pages(pages, ret);	/* @mismatch */
	return 0;
}

int reverse_good(unsigned long addr, struct page **pages, int nr)
{
	int ret, i;

	ret = get_user_pages_fast(addr, nr, 0, pages);
	if (ret <= 0)
		return -EFAULT;
	for (i = 0; i < ret; i++)
		put_page(pages[i]);
	return 0;
}
