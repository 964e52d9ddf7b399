// SPDX-License-Identifier: GPL-2.0-only
/* The page that a function returns is stored where the caller says. */
#include <linux/mm.h>

static struct page *tap_take(unsigned long at)
{
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return NULL;
	return got;
}

static int tap_open(struct page **spot, unsigned long at)
{
	*spot = tap_take(at);
	return *spot ? 0 : -EFAULT;
}

int tap_run(unsigned long at)
{
	struct page *mine;

	if (tap_open(&mine, at))
		return -EFAULT;
	memset(page_address(mine), 1, 8);
	set_page_dirty_lock(mine);
	put_page(mine); /* @release */
	return 0;
}
