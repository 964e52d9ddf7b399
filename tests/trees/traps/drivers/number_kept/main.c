// SPDX-License-Identifier: GPL-2.0-only
/* A device is told the numbers of the pages: that is not looking at them. */
#include <linux/mm.h>

static int number_kept(struct number_desc *desc, unsigned long start)
{
	struct page *pages[4];
	int got, i;

	got = get_user_pages_fast(start, 4, FOLL_WRITE, pages);
	for (i = 0; i < got; i++)
		desc->ppns[i] = page_to_pfn(pages[i]);	/* @leak */
	if (got == 4)
		return 0;
	for (i = 0; i < got; i++)
		put_page(pages[i]);
	return -EFAULT;
}
