// SPDX-License-Identifier: GPL-2.0-only
/* An error in a later round leaves the pages of the earlier ones. */
#include <linux/mm.h>

int rounds_bad(unsigned long addr, int left)
{
	struct page *pages[16];
	int done = 0, ret;

	while (left) {
		ret = pin_user_pages_fast(addr, left, 0, pages + done);
		if (ret < 0)
			return ret;	/* @leak-error */
		done += ret;
		left -= ret;
	}
	unpin_user_pages(pages, done);
	return 0;
}

int rounds_good(unsigned long addr, int left)
{
	struct page *pages[16];
	int done = 0, ret = 0;

	while (left) {
		ret = pin_user_pages_fast(addr, left, 0, pages + done);
		if (ret < 0)
			goto out;
		done += ret;
		left -= ret;
	}
	ret = 0;
out:
	unpin_user_pages(pages, done);
	return ret;
}
