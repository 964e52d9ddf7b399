// SPDX-License-Identifier: GPL-2.0-only
/* A page is dropped when the next one comes, which may fail; the twins forget it. */
#include <linux/mm.h>

int around_bad(unsigned long at, int n)
{
	struct page *page = NULL;

	do {
		if (page)
			unpin_user_page(page);
		if (pin_user_pages_fast(at, 1, 0, &page) != 1)
			break;
		look_at(page_to_nid(page));
		at += PAGE_SIZE;
	} while (--n);
	if (page)
		unpin_user_page(page);	/* @double-release */
	return n;
}

int around_good(unsigned long at, int n)
{
	struct page *page = NULL;

	do {
		if (page)
			unpin_user_page(page);
		page = NULL;
		if (pin_user_pages_fast(at, 1, 0, &page) != 1)
			break;
		look_at(page_to_nid(page));
		at += PAGE_SIZE;
	} while (--n);
	if (page)
		unpin_user_page(page);
	return n;
}

int around_left(unsigned long at, int n)
{
	struct page *page = NULL;

	while (n--) {
		if (page)
			unpin_user_page(page);
		if (pin_user_pages_fast(at, 1, 0, &page) != 1)
			return -EFAULT;
		look_at(page_to_nid(page));
		at += PAGE_SIZE;
	}
	if (page)
		unpin_user_page(page);
	return 0;
}
