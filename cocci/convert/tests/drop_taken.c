// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static long fetch(struct page **pages, unsigned long at, int nr)
{
	long got = pin_user_pages_fast(at, nr, FOLL_WRITE, pages);

	if (got != nr)
		unpin_user_pages(pages, nr); /* @drop-taken count=got maybe=yes */
	else
		unpin_user_pages(pages, nr);
	return got;
}

static long kept(struct page **pages, unsigned long at, int nr)
{
	long got = pin_user_pages_fast(at, nr, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	use(pages);
	unpin_user_pages_dirty_lock(pages, nr /* all */, true); /* @drop-taken count=got */
	return 0;
}
