// SPDX-License-Identifier: GPL-2.0-only
/* What was counted is undone by counting down; the short batch was not counted. */
#include <linux/mm.h>

int undo_bad(struct page **row, unsigned long at, int n)
{
	int have = 0, got;

	while (have < n) {
		got = pin_user_pages_fast(at + have * PAGE_SIZE, 4, 0, row + have);
		if (got != 4)
			goto undo;	/* @leak-short-pin */
		have += got;
	}
	return 0;
undo:
	while (have--)
		unpin_user_page(row[have]);
	return -EFAULT;
}

int undo_good(struct page **row, unsigned long at, int n)
{
	int have = 0, got;

	while (have < n) {
		got = pin_user_pages_fast(at + have * PAGE_SIZE, 4, 0, row + have);
		if (got > 0)
			have += got;
		if (got != 4)
			goto undo;
	}
	return 0;
undo:
	while (have--)
		unpin_user_page(row[have]);
	return -EFAULT;
}
