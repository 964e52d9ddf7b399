// SPDX-License-Identifier: GPL-2.0-only
/* Pages taken one by one are stored in the caller's array. */
#include <linux/mm.h>

static int tap_fill(struct page **row, unsigned long at, int n)
{
	struct page *got;
	int i;

	for (i = 0; i < n; i++) {
		if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
			break;
		row[i] = got;
		at += PAGE_SIZE;
	}
	return i;
}

int tap_run(unsigned long at, int n)
{
	struct page *row[16];
	int i, full;

	full = tap_fill(row, at, n);
	for (i = 0; i < full; i++)
		memset(page_address(row[i]), 1, 8);
	for (i = 0; i < full; i++)
		put_page(row[i]); /* @release */
	return 0;
}
