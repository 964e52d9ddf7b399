// SPDX-License-Identifier: GPL-2.0-only
/* Each page is marked before it is dropped, row by row, or until a test fails. */
#include <linux/mm.h>

struct rows {
	struct page *page[4][8];
	int count[4];
};

int rows_good(struct rows *all, unsigned long at)
{
	int row, i;

	for (row = 0; row < 4; row++) {
		all->count[row] = get_user_pages_fast(at + row * 8 * PAGE_SIZE, 8,
						      FOLL_WRITE, all->page[row]);
		if (all->count[row] < 0)
			break;
		fill(page_address(all->page[row][0]));
	}
	while (--row >= 0)
		for (i = 0; i < all->count[row]; i++) {
			set_page_dirty_lock(all->page[row][i]);
			put_page(all->page[row][i]);
		}
	return 0;
}

int until_good(struct page **pages, unsigned long at, int count)
{
	int i = 0, got;

	got = get_user_pages_fast(at, count, FOLL_WRITE, pages);
	if (got <= 0)
		return got;
	fill(page_address(pages[0]));
	do {
		set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	} while (++i < got);
	return 0;
}

int until_bad(struct page **pages, unsigned long at, int count)
{
	int i = 0, got;

	got = get_user_pages_fast(at, count, FOLL_WRITE, pages);
	if (got <= 0)
		return got;
	fill(page_address(pages[0]));
	do {
		put_page(pages[i]);
		set_page_dirty_lock(pages[i]);	/* @dirtied-after-put */
	} while (++i < got);
	return 0;
}
