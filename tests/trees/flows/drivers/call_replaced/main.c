// SPDX-License-Identifier: GPL-2.0-only
/* What this function gives back is what an earlier call took. */
#include <linux/mm.h>

struct tap {
	struct page *page;
};

int tap_set(struct tap *tap, unsigned long at)
{
	if (tap->page)
		put_page(tap->page); /* @blocks */
	if (get_user_pages_fast(at, 1, FOLL_WRITE, &tap->page) != 1) {
		tap->page = NULL;
		return -EFAULT;
	}
	return 0;
}

void tap_end(struct tap *tap)
{
	if (tap->page)
		put_page(tap->page);
	tap->page = NULL;
}
