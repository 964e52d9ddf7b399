// SPDX-License-Identifier: GPL-2.0-only
/* The CPU writes a page that nobody marks dirty. */
#include <linux/mm.h>

int dirty_bad(unsigned long addr)
{
	struct page *page;
	void *to;
	int ret;

	ret = pin_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	to = kmap_local_page(page);
	fill(to);
	kunmap_local(to);
	unpin_user_page(page);	/* @not-dirtied */
	return 0;
}
