// SPDX-License-Identifier: GPL-2.0-only
/* More pages stand behind them, of another origin. */
#include <linux/mm.h>

struct tap {
	struct page **row;
	struct page **map;
	int full;
};

int tap_run(struct device *dev, struct tap *tap, unsigned long at, int n)
{
	int i;

	tap->row = kvmalloc_array(n, 16, GFP_KERNEL);
	if (!tap->row)
		return -ENOMEM;
	tap->map = (struct page **)(tap->row + n);
	tap->full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	for (i = 0; i < tap->full; i++) {
		memset(page_address(tap->row[i]), 0, 8);
		tap->map[i] = alloc_page(GFP_KERNEL);
	}
	for (i = 0; i < tap->full; i++) {
		put_page(tap->map[i]); /* @blocks */
		put_page(tap->row[i]);
	}
	kvfree(tap->row);
	return 0;
}
