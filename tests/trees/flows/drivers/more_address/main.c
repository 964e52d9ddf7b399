// SPDX-License-Identifier: GPL-2.0-only
/* A function puts one more page into the array of the one that drops them. */
#include <linux/mm.h>

static void more_address(struct page **where)
{
	*where = alloc_page(GFP_KERNEL);
}

int take_address(unsigned long at)
{
	struct page *taken[9];
	int got, i;

	got = get_user_pages_fast(at, 8, FOLL_WRITE, taken);
	if (got < 0)
		got = 0;
	more_address(&taken[got]);
	memset(page_address(taken[0]), 0, 8);
	for (i = 0; i <= got; i++)
		put_page(taken[i]); /* @blocks */
	return 0;
}
