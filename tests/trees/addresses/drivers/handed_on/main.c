// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct toy_slot {
	struct page *page;
};

static struct page *toy_page(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = NULL;

	mmap_read_lock(mm);
	get_user_pages_remote(mm, addr, 1, FOLL_WRITE, &page, NULL);
	mmap_read_unlock(mm);
	return page;
}

/* The twin of handed_up that keeps what it is given, or does not. */
int toy_ioctl(struct toy_slot *slot, struct mm_struct *mm, unsigned long addr)
{
	if (slot->page)
		put_page(slot->page); /* @blocks */
	slot->page = toy_page(mm, addr);
	return slot->page ? 0 : -EFAULT;
}
