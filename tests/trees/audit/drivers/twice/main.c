// SPDX-License-Identifier: GPL-2.0-only
/* The error path gives back a second time; the twin has two labels. */
#include <linux/mm.h>

int twice_bad(unsigned long addr, struct device *dev)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	ret = start(dev);
	unpin_user_page(page);
	if (ret)
		goto out;
	return 0;
out:
	unpin_user_page(page);	/* @double-release */
	return ret;
}

int twice_good(unsigned long addr, struct device *dev)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	ret = start(dev);
	if (ret)
		goto out;
	unpin_user_page(page);
	return 0;
out:
	unpin_user_page(page);
	return ret;
}
