// SPDX-License-Identifier: GPL-2.0-only
/* One function drops a page, and another has it drop each of a range. */
#include <linux/mm.h>

static void each_drop(struct page *page)
{
	put_page(page); /* @release */
}

static void each_drop_range(struct page **pages, int from, int to)
{
	int i;

	for (i = from; i < to; i++) {
		struct page *page = pages[i];

		each_drop(page);
	}
}

int each_one(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	each_drop(page);
	return 0;
}

int each_range(unsigned long at, int n)
{
	struct page *pages[8];
	int got = get_user_pages_fast(at, n, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	memset(page_address(pages[0]), 0, 8);
	each_drop_range(pages, 0, got);
	return 0;
}
