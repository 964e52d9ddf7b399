// SPDX-License-Identifier: GPL-2.0-only
/* The page is stored where the caller says. */
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
	struct page *mine = NULL;

	if (tap_open(at, &mine))
		return -EFAULT;
	memset(page_address(mine), 1, 8);
	set_page_dirty_lock(mine);
	put_page(mine); /* @release */
	return 0;
}
