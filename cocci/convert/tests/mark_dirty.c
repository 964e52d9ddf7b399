// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void filled(struct page **pages, int nr, struct page *tail)
{
	if (pages)
		unpin_user_pages(pages + 1 /* not the header */, nr - 1); /* @mark-range */
	unpin_user_page(tail); /* @mark-page */
	set_page_dirty(pages[0]); /* @mark-locked */
	unpin_user_page(pages[0]);
}

static void read_only(struct page **pages, int nr)
{
	unpin_user_pages(pages, nr);
}
