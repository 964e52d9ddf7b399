// SPDX-License-Identifier: GPL-2.0-only
/* One loop drops the pages, the next one marks them. */
#include <linux/mm.h>

int dirtied_late_read(struct toy *toy, unsigned long addr, int n)
{
	struct page *pages[16];
	int i, got;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got <= 0)
		return -EFAULT;
	for (i = 0; i < got; i++)
		memset(page_address(pages[i]), 0, PAGE_SIZE);
	for (i = 0; i < got; i++)
		put_page(pages[i]);
	for (i = 0; i < got; i++)
		set_page_dirty_lock(pages[i]);	/* @leak, @late */
	return 0;
}
