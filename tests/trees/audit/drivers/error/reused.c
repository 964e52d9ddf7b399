// SPDX-License-Identifier: GPL-2.0-only
/* At the exit that leaks, the variable no longer says how many there are. */
#include <linux/mm.h>

int reused_bad(unsigned long addr, struct device *dev, struct page **table)
{
	int ret;

	ret = pin_user_pages_fast(addr, 4, 0, &table[1]);
	if (ret <= 0)
		return -EFAULT;
	ret = prepare(dev);
	if (ret)
		return -EIO;	/* @leak-error */
	wait_for(dev);
	unpin_user_pages(&table[1], 4);	/* @count-not-taken */
	return 0;
}

int reused_not(unsigned long addr, struct device *dev, struct page **table)
{
	int got;

	got = pin_user_pages_fast(addr, 4, 0, &table[1]);
	if (got <= 0)
		return -EFAULT;
	if (prepare(dev))
		return -EIO;	/* @leak-error */
	wait_for(dev);
	unpin_user_pages(&table[1], got);
	return 0;
}
