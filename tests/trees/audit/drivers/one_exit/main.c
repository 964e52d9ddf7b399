// SPDX-License-Identifier: GPL-2.0-only
/* One exit drops in the other way what was taken; the twins ask who took it. */
#include <linux/mm.h>

int exit_put(unsigned long at)
{
	struct page *page;

	if (pin_user_pages_fast(at, 1, 0, &page) != 1)
		return -EFAULT;
	if (page_to_nid(page) != 0) {
		put_page(page); /* @mismatch */
		return -EINVAL;
	}
	unpin_user_page(page);
	return 0;
}

int exit_unpin(unsigned long at)
{
	struct page *row[4], *page;
	int got = get_user_pages_fast(at, 4, 0, row);

	while (got > 0) {
		page = row[--got];
		if (page_to_nid(page) == 0)
			put_page(page);
		else
			unpin_user_page(page); /* @mismatch */
	}
	return 0;
}

int exit_asked(unsigned long at, bool pin)
{
	struct page *page;
	int got;

	if (pin)
		got = pin_user_pages_fast(at, 1, 0, &page);
	else
		got = get_user_pages_fast(at, 1, 0, &page);
	if (got != 1)
		return -EFAULT;
	look_at(page_to_nid(page));
	if (pin)
		unpin_user_page(page);
	else
		put_page(page);
	return 0;
}

int exit_made(unsigned long at, bool pin)
{
	struct page *row[4], *page;
	int got = 1;

	if (pin)
		got = pin_user_pages_fast(at, 4, 0, row);
	else
		row[0] = alloc_page(GFP_KERNEL);
	while (got > 0) {
		page = row[--got];
		look_at(page_to_nid(page));
		if (pin)
			unpin_user_page(page);
		else
			put_page(page);
	}
	return 0;
}
