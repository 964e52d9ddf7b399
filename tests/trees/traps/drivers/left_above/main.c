// SPDX-License-Identifier: GPL-2.0-only
/* one caller drops the pages, another hands them out */
#include <linux/mm.h>

static int take(unsigned long addr, int n, struct page **pages)
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
	return 0;
}

int go_left_above(unsigned long addr)
{
	struct page *own[4];
	int i, ret;

	ret = take(addr, 4, own);
	if (ret)
		return ret;
	for (i = 0; i < 4; i++)
		put_page(own[i]); /* @release */
	return 0;
}
EXPORT_SYMBOL(go_left_above);

int go_left_out(unsigned long addr, void **out)
{
	struct page **table = kcalloc(4, sizeof(*table), GFP_KERNEL);
	int ret;

	ret = take(addr, 4, table);
	if (ret)
		return ret;
	*out = table;
	return 0; /* @held */
}
EXPORT_SYMBOL(go_left_out);
