// SPDX-License-Identifier: GPL-2.0-only
/* The other page is in another array, which has another name, too. */
#include <linux/mm.h>

int first_none(unsigned long at)
{
	struct page *taken[8], **all = taken, *ours[1], **mine = ours;
	int got, i;

	mine[0] = alloc_page(GFP_KERNEL);
	got = get_user_pages_fast(at, 8, FOLL_WRITE, taken);
	for (i = 0; i < got; i++) {
		memset(page_address(all[i]), 0, 8);
		put_page(all[i]); /* @release */
	}
	__free_page(mine[0]);
	return got;
}
