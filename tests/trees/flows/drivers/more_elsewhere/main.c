// SPDX-License-Identifier: GPL-2.0-only
/* What the function fills is another array. */
#include <linux/mm.h>

static void more_ours(struct page **where)
{
	*where = alloc_page(GFP_KERNEL);
}

int more_elsewhere(unsigned long at)
{
	struct page *taken[8], *ours[1];
	int got, i;

	got = get_user_pages_fast(at, 8, FOLL_WRITE, taken);
	if (got <= 0)
		return got;
	more_ours(ours);
	memset(page_address(taken[0]), 0, 8);
	for (i = 0; i < got; i++)
		put_page(taken[i]); /* @release */
	__free_page(ours[0]);
	return 0;
}
