// SPDX-License-Identifier: GPL-2.0-only
/* As dirty, but the page is marked. */
#include <linux/mm.h>

int dirty_good(unsigned long addr)
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
	unpin_user_pages_dirty_lock(&page, 1, true);
	return 0;
}
