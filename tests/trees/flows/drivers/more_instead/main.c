// SPDX-License-Identifier: GPL-2.0-only
/* Where no page could be taken, a function brings one of our own. */
#include <linux/mm.h>

static void more_own(struct page **where)
{
	*where = alloc_page(GFP_KERNEL);
}

int more_instead(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		more_own(&page);
	memset(page_address(page), 0, 8);
	put_page(page); /* @blocks */
	return 0;
}
