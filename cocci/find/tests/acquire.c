// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define GRAB(addr, page) get_user_pages_fast(addr, 1, 0, page)

static int both(unsigned long addr, struct page **pages)
{
	int n = get_user_pages_fast(addr, 2, 0, pages);

	if (n < 0 || iov_iter_get_pages2(NULL, pages, 1, 1, NULL))
		return GRAB(addr, pages);
#ifdef CONFIG_SMP
	put_page(pages[0]);
#else
	unpin_user_page(pages[0]);
#endif
#if 0
	put_page(pages[1]);
#endif
	/* put_page(pages[1]); */
	return other_get_user_pages_fast(addr);
}
