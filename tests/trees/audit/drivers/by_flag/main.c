// SPDX-License-Identifier: GPL-2.0-only
/* One function drops pins and pages of its own, by a condition: no bug. */
#include <linux/mm.h>

static void by_flag_drop(struct page *page, int pinned)
{
	if (pinned)
		unpin_user_page(page);
	else
		__free_page(page);
}

int by_flag_take(unsigned long addr)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	by_flag_drop(page, 1);
	return 0;
}
