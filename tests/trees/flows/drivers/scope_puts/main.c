// SPDX-License-Identifier: GPL-2.0-only
/* The end of the scope drops the page. */
#include <linux/mm.h>
#include <linux/cleanup.h>

int tap_run(unsigned long at)
{
	struct page *got __free(put_page) = NULL; /* @blocks */

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	if (PageReserved(got)) {
		put_page(got);
		return -EIO;
	}
	memset(page_address(got), 1, 8);
	return 0;
}
