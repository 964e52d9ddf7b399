// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static struct page *toy_page(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = NULL;

	mmap_read_lock(mm);
	get_user_pages_remote(mm, addr, 1, FOLL_WRITE, &page, NULL);
	mmap_read_unlock(mm);
	return page;
}

int toy_flag(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = toy_page(mm, addr);

	if (!page)
		return -EFAULT;
	set_bit(0, page_address(page));
	set_page_dirty_lock(page);
	put_page(page); /* @release */
	return 0;
}
