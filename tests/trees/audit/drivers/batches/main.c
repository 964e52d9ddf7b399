// SPDX-License-Identifier: GPL-2.0-only
/* Batches behind each other; the count leaves a short last one out, or not. */
#include <linux/mm.h>

struct shelf {
	struct page **row;
	unsigned int full;
};

int shelf_range(struct shelf *shelf, unsigned long *at, int n)
{
	unsigned int full = 0;
	int got, i = 0;

	while (i < n) {
		got = pin_user_pages_fast(at[i], 4, 0, &shelf->row[full]);
		if (got < 0 || got != 4)
			goto undo;	/* @leak-short-pin */
		full += got;
		i++;
	}
	shelf->full = full;
	return 0;
undo:
	unpin_user_pages(shelf->row, full);
	return -EFAULT;
}

int shelf_down(struct shelf *shelf, unsigned long *at, int n)
{
	unsigned int full = 0;
	int got, i;

	for (i = 0; i < n; i++) {
		got = pin_user_pages_fast(at[i], 4, 0, shelf->row + full);
		if (got != 4)
			goto undo;	/* @leak-short-pin */
		full += 4;
	}
	shelf->full = full;
	return 0;
undo:
	while (full)
		unpin_user_page(shelf->row[--full]);
	return -EFAULT;
}

int shelf_whole(struct shelf *shelf, unsigned long *at, int n)
{
	unsigned int full = 0;
	int got, i;

	for (i = 0; i < n; i++) {
		got = pin_user_pages_fast(at[i], 4, 0, shelf->row + full);
		if (got > 0)
			full += got;
		if (got != 4)
			goto undo;
	}
	shelf->full = full;
	return 0;
undo:
	while (full--)
		unpin_user_page(shelf->row[full]);
	return -EFAULT;
}

void shelf_free(struct shelf *shelf)
{
	unpin_user_pages(shelf->row, shelf->full);
}
