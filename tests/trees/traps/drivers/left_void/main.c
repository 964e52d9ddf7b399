// SPDX-License-Identifier: GPL-2.0-only
/* the array leaves as an untyped pointer */
#include <linux/mm.h>

int go_left_void(unsigned long addr, int n, void **out)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got, i;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got < n) {
		for (i = 0; i < got; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	for (i = 0; i < n; i++)
		flush_dcache_page(pages[i]);
	*out = pages;
	return 0; /* @held */
}
EXPORT_SYMBOL(go_left_void);
