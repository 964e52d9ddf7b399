// SPDX-License-Identifier: GPL-2.0-only
/* short pin seen through another variable, leak */
#include <linux/mm.h>

int go_leak_alias(unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, got, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	got = ret;
	if (got != n) /* @leak */
		goto out;
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	ret = 0;
out:
	return ret;
}
