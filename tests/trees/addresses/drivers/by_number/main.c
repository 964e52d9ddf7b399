// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* Held on success, to be found again by its number. */
int toy_by_number(unsigned long addr, bool ro, unsigned long *pfn)
{
	struct page *page;
	long ret;

	ret = get_user_pages_unlocked(addr, 1, &page, FOLL_WRITE);
	if (ret != 1)
		return ret;
	if (ro) {
		put_page(page);
		return -EROFS;
	}
	*pfn = page_to_pfn(page); /* @blocks */
	return 1;
}
