// SPDX-License-Identifier: GPL-2.0-only
/* The place belongs to an object, which keeps the page. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
};

static struct page **tap_slot(struct tap *tap, int i)
{
	struct page **slot = &tap->row[i];

	return slot;
}

int tap_open(struct tap *tap, unsigned long at, int i)
{
	struct page **slot = tap_slot(tap, i);
	struct page *got;

	if (get_user_pages_fast(at, 1, FOLL_WRITE, &got) != 1)
		return -EFAULT;
	*slot = got;
	if (PageReserved(*slot)) {
		put_page(*slot);
		return -EIO;
	}
	return 0; /* @blocks */
}
