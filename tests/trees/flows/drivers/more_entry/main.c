// SPDX-License-Identifier: GPL-2.0-only
/* A function puts one more page into the array of the one that drops them. */
#include <linux/mm.h>

static void more_entry(struct page **all, int i, struct page *page)
{
	all[i] = page;
}

int take_entry(unsigned long at)
{
	struct page *taken[9];
	int got, i;

	got = get_user_pages_fast(at, 8, FOLL_WRITE, taken);
	if (got < 0)
		got = 0;
	more_entry(taken, got, alloc_page(GFP_KERNEL));
	memset(page_address(taken[0]), 0, 8);
	for (i = 0; i <= got; i++)
		put_page(taken[i]); /* @blocks */
	return 0;
}
