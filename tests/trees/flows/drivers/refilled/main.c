// SPDX-License-Identifier: GPL-2.0-only
/* A page of the user's takes the place of an allocated one. */
#include <linux/mm.h>

int tap_run(unsigned long at)
{
	struct page *mine = alloc_page(GFP_KERNEL);
	struct page *got;

	if (at) {
		if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
			return -EFAULT;
		if (PageReserved(got)) {
			put_page(got);
			return -EIO;
		}
		memset(page_address(got), 1, 8);
		mine = got;
	}
	put_page(mine); /* @blocks */
	return 0;
}
