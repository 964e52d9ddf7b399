// SPDX-License-Identifier: GPL-2.0-only
/* one wrapper takes for two users; one of them drops with what it wrote */
#include <linux/mm.h>

int pin_wrapped_gup(unsigned long addr, int nr, struct page **out)
{
	int got = get_user_pages_fast(addr, nr, FOLL_WRITE, out);

	if (got > 0 && got < nr) {
		while (got)
			put_page(out[--got]); /* @release */
		return -EFAULT;
	}
	return got;
}

void unpin_wrapped_gup(struct page **list, int nr)
{
	while (nr--)
		put_page(list[nr]); /* @release */
}

int first_wrapped_gup(unsigned long addr)
{
	struct page *one[4];
	int n = pin_wrapped_gup(addr, 4, one);

	if (n < 0)
		return n;
	memset(page_address(one[0]), 0, 4096);
	unpin_wrapped_gup(one, n);
	return 0;
}
