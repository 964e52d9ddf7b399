// SPDX-License-Identifier: GPL-2.0-only
/* A function that is given an entry, and that nobody knows. */
#include <linux/mm.h>

int tap_run(unsigned long at, int n)
{
	struct page **row = tap_objs(*row, n); /* @blocks */
	int full, i;

	if (!row)
		return -ENOMEM;
	full = get_user_pages_fast(at, n, FOLL_WRITE, row);
	if (full < 0) {
		kvfree(row);
		return full;
	}
	for (i = 0; i < full; i++)
		memset(page_address(row[i]), 1, 8);
	for (i = 0; i < full; i++)
		put_page(row[i]);
	kvfree(row);
	return 0;
}
