// SPDX-License-Identifier: GPL-2.0-only
/* Pages that are only read are marked dirty; the twins ask for write access. */
#include <linux/mm.h>

int read_only_bad(unsigned long addr, void *to)
{
	struct page *pages[4];
	int got;

	got = pin_user_pages_fast(addr, 4, 0, pages);
	if (got <= 0)
		return -EFAULT;
	memcpy(to, page_address(pages[0]), 64);
	unpin_user_pages_dirty_lock(pages, got, true);	/* @dirtied-read-only */
	return 0;
}

int read_only_mark(unsigned long addr, void *to)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	memcpy(to, page_address(page), 64);
	set_page_dirty_lock(page);	/* @dirtied-read-only */
	put_page(page);
	return 0;
}

int read_only_asked(unsigned long addr, void *to, bool write)
{
	struct page *pages[4];
	int got;

	got = pin_user_pages_fast(addr, 4, write ? FOLL_WRITE : 0, pages);
	if (got <= 0)
		return -EFAULT;
	work_on(page_address(pages[0]), to, write);
	unpin_user_pages_dirty_lock(pages, got, write);
	return 0;
}

int read_only_not(unsigned long addr, void *to)
{
	struct page *pages[4];
	int got;

	got = pin_user_pages_fast(addr, 4, 0, pages);
	if (got <= 0)
		return -EFAULT;
	memcpy(to, page_address(pages[0]), 64);
	unpin_user_pages_dirty_lock(pages, got, false);
	return 0;
}
