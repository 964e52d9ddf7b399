// SPDX-License-Identifier: GPL-2.0-only
/* A block under a guard runs once, braces or none, and may have another. */
#include <linux/mm.h>

int scoped_once_run(struct toy *toy, unsigned long addr, int n)
{
	struct page *pages[16];
	int i, got;

	scoped_guard(mutex, &toy->lock) {
		got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
		if (got <= 0)
			return got;
		scoped_guard(spinlock, &toy->slot)
			memset(page_address(pages[0]), 0, PAGE_SIZE);
	}
	scoped_guard(rcu)
		for (i = 0; i < got; i++) {
			set_page_dirty_lock(pages[i]);
			put_page(pages[i]);	/* @release */
		}
	return 0;
}
