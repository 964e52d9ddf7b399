// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

void toy_atomic(unsigned long addr)
{
	struct page *page;

	if (get_user_page_fast_only(addr, FOLL_WRITE, &page)) { /* @blocks */
		clear_highpage(page);
		put_page(page);
	}
}
