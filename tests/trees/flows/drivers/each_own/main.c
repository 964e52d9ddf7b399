// SPDX-License-Identifier: GPL-2.0-only
/* As each_by_range, and a third function has pages of its own dropped. */
#include <linux/mm.h>

static void own_drop(struct page *page)
{
	put_page(page); /* @blocks */
}

static void own_drop_range(struct page **pages, int from, int to)
{
	int i;

	for (i = from; i < to; i++) {
		struct page *page = pages[i];

		own_drop(page);
	}
}

int own_one(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 8);
	own_drop(page);
	return 0;
}

int own_range(unsigned long at, int n)
{
	struct page *pages[8];
	int got = get_user_pages_fast(at, n, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	memset(page_address(pages[0]), 0, 8);
	own_drop_range(pages, 0, got);
	return 0;
}

int own_new(struct page **pages)
{
	pages[0] = alloc_page(GFP_KERNEL);
	if (!pages[0])
		return -ENOMEM;
	own_drop_range(pages, 0, 1);
	return 0;
}
