// SPDX-License-Identifier: GPL-2.0-only
/* A macro returns over pins; its twin jumps to where they are dropped. */
#include <linux/mm.h>

#define RETURN_UNLESS(c) do { if (!(c)) return -EINVAL; } while (0)
#define OUT_UNLESS(c) do { if (!(c)) { ret = -EINVAL; goto out; } } while (0)

int macro_bad(unsigned long addr, struct device *dev)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	RETURN_UNLESS(ready(dev));	/* @leak-error */
	unpin_user_page(page);
	return 0;
}

int macro_good(unsigned long addr, struct device *dev)
{
	struct page *page;
	int ret = 0;

	RETURN_UNLESS(dev);
	if (pin_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	OUT_UNLESS(ready(dev));
	start(dev);
out:
	unpin_user_page(page);
	return ret;
}
