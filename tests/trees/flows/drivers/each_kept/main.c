// SPDX-License-Identifier: GPL-2.0-only
/* As each_by_range; the range is only looked at, and pinned with the other. */
#include <linux/mm.h>

static void kept_drop(struct page *page)
{
	put_page(page); /* @release */
}

static void kept_drop_range(struct page **pages, int from, int to)
{
	int i;

	for (i = from; i < to; i++) {
		struct page *page = pages[i];

		kept_drop(page);
	}
}

int kept_one(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	kept_drop(page);
	return 0;
}

int kept_range(unsigned long at, int n)
{
	struct page *pages[8];
	int got = get_user_pages_fast(at, n, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	if (page_to_nid(pages[0]))
		got = 1;
	kept_drop_range(pages, 0, got);
	return 0;
}
