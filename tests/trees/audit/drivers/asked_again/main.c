// SPDX-License-Identifier: GPL-2.0-only
/* A loop whose test is a call ends: each time, the call may answer otherwise. */
#include <linux/mm.h>

int more(struct device *dev);
int handled(struct device *dev);

int asked_again_leaks(struct device *dev, struct page **row, unsigned long at, int n)
{
	int ready = 0;
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got <= 0)
		return -EFAULT;
	while (more(dev))
		ready = 1;
	if (ready)
		return -EIO;	/* @leak-error */
	unpin_user_pages(row, got);
	return 0;
}

int asked_again_drops(struct device *dev, struct page **row, unsigned long at, int n)
{
	int ready = 0;
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got <= 0)
		return -EFAULT;
	while (more(dev))
		ready = 1;
	unpin_user_pages(row, got);
	return ready ? -EIO : 0;
}

/* What the loop asked last is still so where it was left early. */
int asked_again_left(struct device *dev, struct page **row, unsigned long at, int n)
{
	int ready = 0;
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got <= 0)
		return -EFAULT;
	while (!ready && more(dev))
		ready = handled(dev);
	unpin_user_pages(row, got);
	return ready;
}
