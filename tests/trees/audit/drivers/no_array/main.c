// SPDX-License-Identifier: GPL-2.0-only
/* References that nobody can drop; the twin keeps the page. */
#include <linux/mm.h>

int no_array_bad(unsigned long addr)
{
	return get_user_pages_fast(addr, 1, 0, NULL);	/* @no-pages */
}

int no_array_good(unsigned long addr)
{
	struct page *page;
	int ret = get_user_pages_fast(addr, 1, 0, &page);

	if (ret == 1)
		put_page(page);
	return ret;
}
