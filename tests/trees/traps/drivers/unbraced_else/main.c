// SPDX-License-Identifier: GPL-2.0-only
/* one arm without braces allocates the page, the other takes it from a user */
#include <linux/mm.h>

int fill_unbraced_else(unsigned long addr, bool own)
{
	struct page *page = NULL;
	int ret = 0;

	if (own)
		page = alloc_page(GFP_KERNEL);
	else
		ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret < 0 || !page)
		return -EFAULT;
	if (toy_busy()) {
		put_page(page); /* @release @mixed */
		return -EBUSY;
	}
	memset(page_address(page), 0, PAGE_SIZE);
	put_page(page); /* @release @mixed */
	return 0;
}
