// SPDX-License-Identifier: GPL-2.0-only
/* The first entry is a page of our own, and another name of the array sees it. */
#include <linux/mm.h>

int first_walk(unsigned long at)
{
	struct page *taken[9], **next;
	int got;

	taken[0] = alloc_page(GFP_KERNEL);
	got = get_user_pages_fast(at, 8, FOLL_WRITE, taken + 1);
	if (got < 0)
		got = 0;
	memset(page_address(taken[0]), 0, 8);
	for (next = taken; next <= taken + got; next++)
		put_page(*next); /* @blocks */
	return got;
}
