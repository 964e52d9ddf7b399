// SPDX-License-Identifier: GPL-2.0-only
/* The same by a type, into a member of an object of that kind. */
#include <linux/mm.h>

struct tap {
	struct page **row;
	int full;
};

int tap_run(unsigned long at, int n)
{
	struct tap *tap = kzalloc_obj(struct tap);
	int i;

	if (!tap)
		return -ENOMEM;
	tap->row = kvmalloc_objs(struct page *, n, GFP_KERNEL);
	if (!tap->row)
		goto out;
	tap->full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	if (tap->full < 0)
		goto out;
	for (i = 0; i < tap->full; i++)
		memset(page_address(tap->row[i]), 1, 8);
	for (i = 0; i < tap->full; i++)
		put_page(tap->row[i]); /* @release */
out:
	kvfree(tap->row);
	kfree(tap);
	return 0;
}
