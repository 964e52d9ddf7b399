// SPDX-License-Identifier: GPL-2.0-only
/* An error exit forgets what its sibling gives back. */
#include <linux/mm.h>

int error_bad(unsigned long addr, struct device *dev)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret < 0)
		return ret;
	ret = prepare(dev);
	if (ret)
		return -EIO;	/* @leak-error */
	ret = start(dev);
	if (ret)
		goto out;
	wait_for(dev);
out:
	unpin_user_page(page);
	return ret;
}

int error_good(unsigned long addr, struct device *dev)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret < 0)
		return ret;
	ret = prepare(dev);
	if (ret)
		goto out;
	ret = start(dev);
	if (ret)
		goto out;
	wait_for(dev);
out:
	unpin_user_page(page);
	return ret;
}
