// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int value(struct page *page, bool pinned)
{
	return page ? put_page(page), 0 : 1; /* @unpin-if flag=pinned refused="no statement" */
}

static void elsewhere(struct page *page)
{
	get_page(page);
	put_page(page);
}
