// SPDX-License-Identifier: GPL-2.0-only
/* the object with the array is dropped elsewhere */
#include <linux/mm.h>

struct left_op {
	struct page **pages;
	int n;
};

int go_left_member(unsigned long addr, int n, struct left_op *op)
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
	op->pages = pages;
	op->n = n;
	return 0; /* @held */
}
EXPORT_SYMBOL(go_left_member);
