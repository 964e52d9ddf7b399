// SPDX-License-Identifier: GPL-2.0-only
/* What a guard does where it cannot be had is a way out of its own. */
#include <linux/mm.h>

int scoped_cond_run(struct toy *toy, unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	scoped_cond_guard(mutex_intr, return -EINTR, &toy->lock) {	/* @leak */
		memset(page_address(page), 0, PAGE_SIZE);
	}
	set_page_dirty_lock(page);
	put_page(page);
	return 0;
}
