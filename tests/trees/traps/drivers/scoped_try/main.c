// SPDX-License-Identifier: GPL-2.0-only
/* As scoped_cond, but who cannot have the lock drops the page too. */
#include <linux/mm.h>

int scoped_try_run(struct toy *toy, unsigned long addr)
{
	struct page *page;
	int ret = -EBUSY;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	scoped_cond_guard(mutex_try, goto drop, &toy->lock)
		ret = toy_fill(toy, page_address(page));
	set_page_dirty_lock(page);
drop:
	put_page(page);	/* @release */
	return ret;
}
