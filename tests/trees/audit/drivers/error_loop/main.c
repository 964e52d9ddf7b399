// SPDX-License-Identifier: GPL-2.0-only
/* A loop runs to an error code, as its number is unsigned; a signed one ends. */
#include <linux/mm.h>

int wheel_turn(struct page **row, unsigned long at, int n)
{
	unsigned long got, i;

	got = get_user_pages_fast(at, n, 0, row);
	for (i = 0; i < got; i++)	/* @negative-count */
		put_page(row[i]);
	return got == n ? 0 : -EFAULT;
}

int wheel_stop(struct page **row, unsigned long at, int n)
{
	int got, i;

	got = get_user_pages_fast(at, n, 0, row);
	for (i = 0; i < got; i++)
		put_page(row[i]);
	return got == n ? 0 : -EFAULT;
}

int wheel_hold(struct page **row, unsigned long at, int n)
{
	unsigned int got, i;
	int ret;

	ret = get_user_pages_fast(at, n, 0, row);
	got = ret < 0 ? 0 : ret;
	for (i = 0; i < got; i++)
		put_page(row[i]);
	return got == n ? 0 : -EFAULT;
}
