// SPDX-License-Identifier: GPL-2.0-only
/* Exits that leak: where a release can be written before one, and where not. */
#include <linux/mm.h>
#include <linux/slab.h>

/* The number is overwritten before the exit, in its own block. */
int exits_block(struct page **row, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n) {
		got = -EFAULT;
		return got;	/* @leak-short-pin */
	}
	unpin_user_pages(row, n);
	return 0;
}

/* It is overwritten before the test: nothing there tells how many there are. */
int exits_gone(struct page **row, unsigned long at, int n, struct device *dev)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(row, got);
		return -EFAULT;
	}
	got = prepare(dev);
	if (got)
		return -EIO;	/* @leak-error */
	unpin_user_pages(row, n);
	return 0;
}

/* With a page or without, the exit is one. */
int exits_shared(unsigned long at, struct device *dev)
{
	struct page *page = NULL;
	int err = -EIO;

	if (at && pin_user_pages_fast(at, 1, 0, &page) != 1)
		return -EFAULT;
	if (prepare(dev))
		return err;	/* @leak-error */
	if (page)
		unpin_user_page(page);
	return 0;
}

/* One that gives back what it has. */
int exits_good(struct page **row, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, 0, row);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(row, got);
		return -EFAULT;
	}
	unpin_user_pages(row, n);
	return 0;
}
