// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

#define DROP(page) put_page(page)

static int both(struct page **pages, int n)
{
	int got = get_user_pages_fast(0, n, 0, pages);
	int more = ({ put_page(pages[3]); n; });

	for (n = 0; n < got; n++)
		put_page(pages[n]);
#ifdef CONFIG_SMP
	release_pages(pages, got);
#else
	unpin_user_pages(pages, got);
#endif
#if 0
	put_page(pages[1]);
#endif
	/* put_page(pages[1]); */
	WITH(pages, put_page(pages[2]));
	call_later(pages[1], put_page);
	DROP(pages[0]);
	return other_put_page(pages[0]);
}
