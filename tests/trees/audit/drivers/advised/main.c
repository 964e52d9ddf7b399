// SPDX-License-Identifier: GPL-2.0-only
/* Leaks and wrong releases, most of which no one line mends. */
#include <linux/mm.h>

/* Each round drops its page; those before would be dropped once more. */
int advised_round(unsigned long at, int nr)
{
	struct page *table[8];
	int i, got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got < 0)
		return got;
	for (i = 0; i < got; i++) {
		memset(page_address(table[i]), 0, 8);
		if (gone(i))
			return -EINTR;	/* @leak-error */
		unpin_user_pages_dirty_lock(&table[i], 1, true);
	}
	return 0;
}

/* The pointer is behind the pages by then. */
int advised_pointer(unsigned long at, int nr)
{
	struct page *table[8], **next = table;
	int i, got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, next);
	if (got < 0)
		return got;
	for (i = 0; i < got; i++)
		memset(page_address(*next++), 0, 8);
	if (gone(nr))
		return -EIO;	/* @leak-error */
	unpin_user_pages_dirty_lock(table, got, true);
	return 0;
}

int advised_plain(unsigned long at, int nr)
{
	struct page *table[8];
	int i, got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, table);
	if (got < 0)
		return got;
	for (i = 0; i < got; i++)
		memset(page_address(table[i]), 0, 8);
	if (gone(nr))
		return -EIO;	/* @leak-error */
	unpin_user_pages_dirty_lock(table, got, true);
	return 0;
}
