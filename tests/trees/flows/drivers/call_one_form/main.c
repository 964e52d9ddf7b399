// SPDX-License-Identifier: GPL-2.0-only
/* One form of what is called last may keep them. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
	int full;
};

#ifdef TAP_FLUSH
static void tap_end(struct tap *tap)
{
	int i;

	for (i = 0; i < tap->full; i++) {
		flush_dcache_page(tap->row[i]);
		put_page(tap->row[i]); /* @blocks */
	}
}
#else
static void tap_end(struct tap *tap)
{
	int i;

	if (tap->full > 8)
		return;
	for (i = 0; i < tap->full; i++)
		put_page(tap->row[i]);
}
#endif

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int full;

	full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	if (full <= 0)
		return -EFAULT;
	tap->full = full;
	memset(page_address(tap->row[0]), 0, PAGE_SIZE);
	tap_end(tap);
	return 0;
}
