// SPDX-License-Identifier: GPL-2.0-only
/* An allocation that names what it is for, without reading it. */
#include <linux/mm.h>

int tap_run(unsigned long at, int n)
{
	struct page **row = kvmalloc_objs(*row, n);
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
		put_page(row[i]); /* @release */
	kvfree(row);
	return 0;
}
