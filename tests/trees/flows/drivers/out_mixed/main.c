// SPDX-License-Identifier: GPL-2.0-only
/* The caller's variable may hold a page of its own instead. */
#include <linux/mm.h>

static int tap_open(unsigned long at, struct page **spot)
{
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*spot = got;
	return 0;
}

int tap_run(unsigned long at)
{
	struct page *mine = alloc_page(GFP_KERNEL);

	if (at && tap_open(at, &mine))
		return -EFAULT;
	memset(page_address(mine), 1, 8);
	put_page(mine); /* @blocks */
	return 0;
}
