// SPDX-License-Identifier: GPL-2.0-only
/* The first entry is a page of our own, and another name of the array sees it. */
#include <linux/mm.h>

int first_alias(unsigned long at)
{
	struct page *taken[9], **all = taken;
	int got, i;

	taken[0] = alloc_page(GFP_KERNEL);
	got = get_user_pages_fast(at, 8, FOLL_WRITE, taken + 1);
	if (got < 0)
		got = 0;
	memset(page_address(taken[0]), 0, 8);
	for (i = 0; i <= got; i++)
		put_page(all[i]); /* @blocks */
	return got;
}
