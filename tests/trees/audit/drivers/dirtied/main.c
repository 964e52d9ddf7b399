// SPDX-License-Identifier: GPL-2.0-only
/* Marked dirty when it is gone, without its lock, and as it should be. */
#include <linux/mm.h>

int dirtied_late(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, PAGE_SIZE);
	unpin_user_page(page);
	set_page_dirty_lock(page);	/* @dirtied-after-put */
	return 0;
}

int dirtied_unlocked(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, PAGE_SIZE);
	set_page_dirty(page);	/* @dirtied-unlocked */
	unpin_user_page(page);
	return 0;
}

int dirtied_locked(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, PAGE_SIZE);
	lock_page(page);
	set_page_dirty(page);
	unlock_page(page);
	unpin_user_page(page);
	return 0;
}
