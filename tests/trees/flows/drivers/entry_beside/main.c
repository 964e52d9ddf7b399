// SPDX-License-Identifier: GPL-2.0-only
/* The same in an array; one error path has the user's page alone. */
#include <linux/mm.h>

int tap_run(unsigned long at)
{
	struct page *row[2], *got;
	int i;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	if (PageReserved(got)) {
		put_page(got);
		return -EIO;
	}
	row[0] = got;
	row[1] = alloc_page(GFP_KERNEL);
	memset(page_address(row[0]), 0, 8);
	for (i = 0; i < 2; i++)
		put_page(row[i]); /* @blocks */
	return 0;
}
