// SPDX-License-Identifier: GPL-2.0-only
/* One entry is dropped before the rest is marked; the twin marks it, too. */
#include <linux/mm.h>

int dirtied_rest_good(unsigned long addr, int skip, int count)
{
	struct page *pages[8];
	int i, got;

	got = get_user_pages_fast(addr, count, FOLL_WRITE, pages);
	if (got <= 0)
		return got;
	fill(page_address(pages[0]));
	skip = got / 2;
	put_page(pages[skip]);
	pages[skip] = NULL;
	for (i = 0; i < got; i++) {
		if (!pages[i])
			continue;
		set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}
	return 0;
}

int dirtied_rest_bad(unsigned long addr, int count)
{
	struct page *pages[8];
	int i, got;

	got = get_user_pages_fast(addr, count, FOLL_WRITE, pages);
	if (got <= 0)
		return got;
	fill(page_address(pages[0]));
	for (i = 0; i < got; i++) {
		put_page(pages[i]);
		set_page_dirty_lock(pages[i]);	/* @dirtied-after-put */
	}
	return 0;
}
