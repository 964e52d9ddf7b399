// SPDX-License-Identifier: GPL-2.0-only
/* Lengths stand behind the last page. */
#include <linux/mm.h>

struct tap {
	struct page **row;
	u16 *map;
	int full;
};

int tap_run(struct device *dev, struct tap *tap, unsigned long at, int n)
{
	int i;

	tap->row = kvmalloc_array(n, 16, GFP_KERNEL);
	if (!tap->row)
		return -ENOMEM;
	tap->map = (u16 *)&tap->row[n];
	tap->full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	for (i = 0; i < tap->full; i++) {
		memset(page_address(tap->row[i]), 0, 8);
		tap->map[i] = tap_length(dev, i);
	}
	for (i = 0; i < tap->full; i++) {
		tap_go(tap->map[i]);
		put_page(tap->row[i]); /* @release */
	}
	kvfree(tap->row);
	return 0;
}
