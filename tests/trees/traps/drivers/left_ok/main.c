// SPDX-License-Identifier: GPL-2.0-only
/* every caller drops what it took */
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

int go_left_ok(unsigned long addr)
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
EXPORT_SYMBOL(go_left_ok);

int go_left_twice(unsigned long addr)
{
	struct page *mine[2];
	int ret;

	ret = take(addr, 2, mine);
	if (!ret) {
		put_page(mine[0]); /* @release */
		put_page(mine[1]); /* @release */
	}
	return ret;
}
EXPORT_SYMBOL(go_left_twice);
