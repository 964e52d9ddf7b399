// SPDX-License-Identifier: GPL-2.0-only
/* A macro of the driver's header returns, through another. */
#include <linux/mm.h>
#include "leave.h"

int macro_leaves_fill(struct toy *toy, unsigned long addr)
{
	struct page *pages[4];
	int i, got;

	got = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	give_up_on(got < 0, got);
	must(toy_ready(toy));	/* @leak */
	for (i = 0; i < got; i++) {
		memset(page_address(pages[i]), 0, PAGE_SIZE);
		set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}
	return 0;
}
