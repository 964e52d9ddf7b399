// SPDX-License-Identifier: GPL-2.0-only
/* One function drops the pins of one caller, and the references of another. */
#include <linux/mm.h>

static void shared_drop(struct page **table, int nr)
{
	while (nr--) {
		set_page_dirty_lock(*table);
		put_page(*table++);	/* @mismatch */
	}
}

int shared_pins(unsigned long at, int nr)
{
	struct page *table[8];
	int got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got < 0)
		return got;
	memset(page_address(table[0]), 0, 8);
	shared_drop(table, got);
	return 0;
}

int shared_refs(unsigned long at, int nr)
{
	struct page *table[8];
	int got;

	got = get_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got < 0)
		return got;
	memset(page_address(table[0]), 0, 8);
	shared_drop(table, got);
	return 0;
}
