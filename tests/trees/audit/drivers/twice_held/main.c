// SPDX-License-Identifier: GPL-2.0-only
/* Two references are two to put; the twin takes its second of another page. */
#include <linux/mm.h>

int twice_held_good(unsigned long addr, struct device *dev)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	get_page(page);
	ret = start(dev);
	put_page(page);
	put_page(page);
	return ret;
}

int twice_held_bad(unsigned long addr, struct page *other)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	get_page(other);
	put_page(page);
	put_page(other);
	put_page(page);	/* @double-release */
	return 0;
}
