// SPDX-License-Identifier: GPL-2.0-only
/* What is written at a page's address is what the page holds. */
#include <linux/mm.h>

static struct page *write_get(unsigned long at)
{
	struct page *page;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return NULL;
	return page;
}

int write_there(unsigned long at, u32 value)
{
	struct page *page = write_get(at);

	if (!page)
		return -EFAULT;
	*(u32 *)page_address(page) = value;
	((u32 *)page_address(page))[1] = value;
	set_page_dirty_lock(page);
	put_page(page); /* @release */
	return 0;
}
