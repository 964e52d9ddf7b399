// SPDX-License-Identifier: GPL-2.0-only
/* Pages nobody marks dirty, beside some that nobody may. */
#include <linux/mm.h>

static void both_drop(struct page **table, int nr)
{
	unpin_user_pages(table, nr);	/* @not-dirtied */
}

int both_in(unsigned long at, int nr)
{
	struct page *table[8];
	int got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got <= 0)
		return got;
	memset(page_address(table[0]), 0, 8);
	both_drop(table, got);
	return 0;
}

int both_out(unsigned long at, int nr, void *to)
{
	struct page *table[8];
	int got;

	got = pin_user_pages_fast(at, nr, 0, table);
	if (got <= 0)
		return got;
	memcpy(to, page_address(table[0]), 8);
	both_drop(table, got);
	return 0;
}

int chosen_fill(unsigned long at, int nr, bool in)
{
	struct page *table[8];
	int got;

	got = pin_user_pages_fast(at, nr, in ? FOLL_WRITE : 0, table);
	if (got <= 0)
		return got;
	if (in)
		memset(page_address(table[0]), 0, 8);
	unpin_user_pages(table, got);	/* @not-dirtied */
	return 0;
}

int stepped_fill(unsigned long at, int nr)
{
	struct page *table[8], **next = table;
	int got;

	got = get_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got <= 0)
		return got;
	memset(page_address(table[0]), 0, 8);
	while (got--)
		put_page(*next++);	/* @not-dirtied */
	return 0;
}

int always_fill(unsigned long at, int nr)
{
	struct page *table[8];
	int got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got <= 0)
		return got;
	memset(page_address(table[0]), 0, 8);
	unpin_user_pages(table, got);	/* @not-dirtied */
	return 0;
}
