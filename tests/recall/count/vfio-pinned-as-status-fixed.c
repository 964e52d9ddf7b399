// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct pin_group {
	struct page **pages;
	int size;
};

/* Returns how many pages were pinned, or an error. */
static int group_pin(struct pin_group *group, unsigned long addr, long nr)
{
	int ret;

	mmap_read_lock(current->mm);
	ret = pin_user_pages(addr, nr, FOLL_WRITE | FOLL_LONGTERM,
			     group->pages, NULL);
	if (ret > 0)
		group->size = ret;
	else if (!ret)
		ret = -EFAULT;
	mmap_read_unlock(current->mm);
	return ret;
}

static int group_pin_one(struct pin_group *group, unsigned long addr,
			 struct page **page)
{
	int ret;

	ret = group_pin(group, addr, 1);
	if (ret != 1)
		return ret;
	*page = group->pages[0];
	return 0;
}

int group_add(struct pin_group *group, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = group_pin_one(group, addr, &page);
	if (ret)
		return ret;
	set_page_dirty_lock(page);
	unpin_user_page(page);
	return 0;
}
