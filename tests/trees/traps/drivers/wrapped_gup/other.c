// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int second_wrapped_gup(unsigned long addr)
{
	struct page *some[2] = { NULL, NULL };
	int n = pin_wrapped_gup(addr, 2, some);

	if (n < 0)
		return n;
	memset(page_address(some[0]), 0, 4096);
	__free_page(some[0]); /* @release */
	if (some[1])
		put_page(some[1]); /* @release */
	return 0;
}
