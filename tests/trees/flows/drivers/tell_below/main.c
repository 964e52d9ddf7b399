// SPDX-License-Identifier: GPL-2.0-only
/* The constant comes by way of a function that hands it on. */
#include <linux/mm.h>

static void tap_drop(struct page **row, int count, bool user)
{
	int i;

	for (i = 0; i < count; i++) {
		if (user)
			put_page(row[i]); /* @release */
		else
			__free_page(row[i]);
	}
}

static void tap_end(struct page **row, int count, bool user)
{
	tap_drop(row, count, user);
}

int tap_run(unsigned long at, int n)
{
	struct page *row[16];
	int full = get_user_pages_fast(at, n, FOLL_WRITE, row), i;

	if (full <= 0)
		return -EFAULT;
	for (i = 0; i < full; i++)
		memset(page_address(row[i]), 1, 8);
	tap_end(row, full, true);
	return 0;
}

int tap_make(int n)
{
	struct page *mine[16];
	int i;

	for (i = 0; i < n; i++) {
		mine[i] = alloc_page(GFP_KERNEL);
		if (!mine[i])
			break;
	}
	tap_end(mine, i, false);
	return i;
}
