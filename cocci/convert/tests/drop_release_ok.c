// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static struct page *some(struct page *page, bool mine)
{
	if (mine)
		put_page(page); /* @drop refused="nothing else is done under the condition here" */
	return page;
}

static struct page *known(struct page *page)
{
	VM_BUG_ON_PAGE(page_count(page) == 2, page); /* @fewer token=page_count limit=1 refused="no number is compared with here" */
	return page;
}

static int result(struct page *page)
{
	return put_page(page), 1; /* @drop refused="put_page() is no statement here" */
}
