// SPDX-License-Identifier: GPL-2.0-only
/* the array is the result, for nobody in this tree */
#include <linux/mm.h>

struct page **go_left_result(unsigned long addr, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got, i;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got < n) {
		for (i = 0; i < got; i++)
			put_page(pages[i]); /* @release */
		return NULL;
	}
	for (i = 0; i < n; i++)
		flush_dcache_page(pages[i]);
	return pages; /* @held */
}
EXPORT_SYMBOL(go_left_result);
