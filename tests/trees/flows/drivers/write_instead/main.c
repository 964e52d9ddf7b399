// SPDX-License-Identifier: GPL-2.0-only
/* Another page is put where the first one was. */
#include <linux/mm.h>

static struct page *instead_get(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return NULL;
	return page;
}

int write_instead(unsigned long at, u32 value)
{
	struct page *page = instead_get(at);

	if (!page)
		return -EFAULT;
	*(u32 *)page_address(page) = value;
	if (value)
		page = virt_to_page(&value);
	set_page_dirty_lock(page);
	put_page(page); /* @blocks */
	return 0;
}
