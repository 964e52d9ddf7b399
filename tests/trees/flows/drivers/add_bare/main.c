// SPDX-License-Identifier: GPL-2.0-only
/* Who else keeps an array has nothing in it. */
#include <linux/mm.h>

struct bare_keep {
	struct page **row;
	int count;
};

static void bare_keep(struct bare_keep *keep, struct page **row, int count)
{
	keep->row = row;
	keep->count = count;
}

static void bare_end(struct bare_keep *keep)
{
	while (keep->count)
		put_page(keep->row[--keep->count]); /* @release */
	kfree(keep->row);
}

int bare_own(struct bare_keep *keep)
{
	struct page **row = kcalloc(1, sizeof(*row), GFP_KERNEL);

	if (!row)
		return -ENOMEM;
	bare_keep(keep, row, 0);
	bare_end(keep);
	return 0;
}

int bare_user(struct bare_keep *keep, unsigned long at)
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
	bare_keep(keep, row, got);
	bare_end(keep);
	return 0;
}
