// SPDX-License-Identifier: GPL-2.0-only
/* Nobody knows what the place belongs to. */
#include <linux/mm.h>

int tap_open(void *tap, unsigned long at, int i)
{
	struct page **slot = tap_slot(tap, i); /* @blocks */
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*slot = got;
	if (PageReserved(*slot)) {
		put_page(*slot);
		return -EIO;
	}
	return 0;
}
