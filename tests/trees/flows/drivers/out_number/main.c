// SPDX-License-Identifier: GPL-2.0-only
/* The page leaves as a number, and comes back as one. */
#include <linux/mm.h>

static int tap_open(unsigned long at, unsigned long *token)
{
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*token = (unsigned long)got;
	return 0;
}

static void tap_close(unsigned long token)
{
	struct page *mine = (struct page *)token;

	set_page_dirty_lock(mine);
	put_page(mine); /* @release */
}

int tap_run(unsigned long at)
{
	unsigned long token;

	if (tap_open(at, &token))
		return -EFAULT;
	memset(page_address((struct page *)token), 1, 8);
	tap_close(token);
	return 0;
}
