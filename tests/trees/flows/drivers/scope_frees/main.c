// SPDX-License-Identifier: GPL-2.0-only
/* The scope frees the array, which is given a value later. */
#include <linux/mm.h>
#include <linux/cleanup.h>

int tap_run(unsigned long at, int n)
{
	struct page **row __free(kvfree) = NULL;
	int full, i;

	row = kvmalloc_array(n, sizeof(*row), GFP_KERNEL);
	if (!row)
		return -ENOMEM;
	full = get_user_pages_fast(at, n, FOLL_WRITE, row);
	if (full < 0)
		return full;
	for (i = 0; i < full; i++)
		memset(page_address(row[i]), 1, 8);
	for (i = 0; i < full; i++) {
		set_page_dirty_lock(row[i]);
		put_page(row[i]); /* @release */
	}
	return 0;
}
