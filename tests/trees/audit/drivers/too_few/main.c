// SPDX-License-Identifier: GPL-2.0-only
/* A range is dropped by less than the number of its pages. */
#include <linux/mm.h>

int less_bad(struct page **row, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(row, got - 1);	/* @count-too-small */
		return -EFAULT;
	}
	unpin_user_pages(row, n);
	return 0;
}

int half_bad(struct page **row, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(row, got);
		return -EFAULT;
	}
	work_on(n);
	unpin_user_pages(row, n / 2);	/* @count-too-small */
	return 0;
}

/* The last one is dropped by itself. */
int last_good(struct page **row, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got <= 0)
		return -EFAULT;
	unpin_user_page(row[got - 1]);
	unpin_user_pages(row, got - 1);
	return 0;
}

/* One more was asked for than is counted from here on. */
int more_good(struct page **row, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(row, got);
		return -EFAULT;
	}
	n++;
	work_on(n);
	unpin_user_pages(row, n - 1);
	return 0;
}
