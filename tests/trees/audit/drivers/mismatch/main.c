// SPDX-License-Identifier: GPL-2.0-only
/* A pin is dropped as if it were a reference; the twin unpins. */
#include <linux/mm.h>

int mismatch_bad(unsigned long addr)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	look_at(page_to_nid(page));
	put_page(page);	/* @mismatch */
	return 0;
}

int mismatch_good(unsigned long addr)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	look_at(page_to_nid(page));
	unpin_user_page(page);
	return 0;
}
