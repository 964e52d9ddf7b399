// SPDX-License-Identifier: GPL-2.0-only
/* the caller that drops the array is not in this tree */
#include <linux/mm.h>

int go_left_array(unsigned long addr, int n, struct page **pages)
{
	int got, i;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got < n) {
		for (i = 0; i < got; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	for (i = 0; i < n; i++)
		flush_dcache_page(pages[i]);
	return 0; /* @held */
}
EXPORT_SYMBOL(go_left_array);
