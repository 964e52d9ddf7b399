// SPDX-License-Identifier: GPL-2.0-only
/* A loop drops some of the pages and keeps the others, or drops them all. */
#include <linux/mm.h>

struct brick {
	struct page *page;
	unsigned int len;
};

int wall_build(struct brick *bricks, unsigned long at, struct page **row)
{
	int got = get_user_pages_fast(at, 16, FOLL_WRITE, row), n = 0, i;

	if (got <= 0)
		return -EFAULT;
	for (i = 0; i < got; i++) {
		if (n && bricks[n - 1].page == compound_head(row[i])) {
			bricks[n - 1].len += PAGE_SIZE;
			put_page(row[i]);
			continue;
		}
		bricks[n].page = row[i];
		bricks[n++].len = PAGE_SIZE;
	}
	lay(bricks, n);
	for (i = 0; i < n; i++) {
		set_page_dirty_lock(bricks[i].page);
		put_page(bricks[i].page);
	}
	return 0;
}

int wall_raze(unsigned long at, struct page **row)
{
	int got = get_user_pages_fast(at, 16, FOLL_WRITE, row), i;

	if (got <= 0)
		return -EFAULT;
	memset(page_address(row[0]), 1, 8);
	for (i = 0; i < got; i++)
		if (row[i])
			put_page(row[i]);
	for (i = 0; i < got; i++)
		set_page_dirty_lock(row[i]); /* @dirtied-after-put */
	return 0;
}
