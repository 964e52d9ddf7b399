// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void give_back(struct page **pages, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		put_page(pages[i]);
}

int gup_benchmark(unsigned long addr, unsigned long n, struct page **pages)
{
	int got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);

	if (got > 0)
		give_back(pages, got);
	return got < 0 ? got : 0;
}
