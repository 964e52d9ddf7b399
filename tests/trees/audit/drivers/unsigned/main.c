// SPDX-License-Identifier: GPL-2.0-only
/* Exits that leak, where no number says whether the call has failed. */
#include <linux/mm.h>

/* An error is a large number here. */
int unsigned_exit(struct page **row, unsigned long at, int n)
{
	unsigned int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n)
		return -EFAULT;	/* @leak-short-pin */
	unpin_user_pages(row, n);
	return 0;
}

/* Of a large number only the end is left. */
int narrow_exit(struct page **row, unsigned long at, int n)
{
	s8 got = pin_user_pages_fast(at, n, 0, row);

	if (got != n)
		return -EFAULT;	/* @leak-short-pin */
	unpin_user_pages(row, n);
	return 0;
}
