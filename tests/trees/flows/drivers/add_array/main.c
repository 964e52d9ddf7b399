// SPDX-License-Identifier: GPL-2.0-only
/* Who else keeps an array has put a page of our own into it. */
#include <linux/mm.h>

struct array_keep {
	struct page **row;
	int count;
};

static void array_keep(struct array_keep *keep, struct page **row, int count)
{
	keep->row = row;
	keep->count = count;
}

static void array_end(struct array_keep *keep)
{
	while (keep->count)
		put_page(keep->row[--keep->count]); /* @blocks */
	kfree(keep->row);
}

int array_own(struct array_keep *keep)
{
	struct page **row = kcalloc(1, sizeof(*row), GFP_KERNEL);

	if (!row)
		return -ENOMEM;
	row[0] = alloc_page(GFP_KERNEL);
	array_keep(keep, row, 1);
	array_end(keep);
	return 0;
}

int array_user(struct array_keep *keep, unsigned long at)
{
	struct page **row = kcalloc(4, sizeof(*row), GFP_KERNEL);
	int got;

	if (!row)
		return -ENOMEM;
	got = get_user_pages_fast(at, 4, FOLL_WRITE, row);
	if (got <= 0) {
		kfree(row);
		return -EFAULT;
	}
	memset(page_address(row[0]), 0, 8);
	array_keep(keep, row, got);
	array_end(keep);
	return 0;
}
