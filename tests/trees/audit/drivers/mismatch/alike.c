// SPDX-License-Identifier: GPL-2.0-only
/* One function drops the pins of two callers as references. */
#include <linux/mm.h>

static void alike_drop(struct page **table, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		put_page(table[i]);	/* @mismatch */
}

int alike_one(unsigned long at, int nr)
{
	struct page *table[8];
	int got;

	got = pin_user_pages_fast(at, nr, 0, table);
	if (got < 0)
		return got;
	look_at(page_to_nid(table[0]));
	alike_drop(table, got);
	return 0;
}

int alike_two(unsigned long at, int nr)
{
	struct page *list[8];
	int got;

	got = pin_user_pages_fast(at, nr, 0, list);
	if (got < 0)
		return got;
	look_at(page_to_nid(list[0]));
	alike_drop(list, got);
	return 0;
}
