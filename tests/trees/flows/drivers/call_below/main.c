// SPDX-License-Identifier: GPL-2.0-only
/* Two functions down, whatever happens after the pages were taken. */
#include <linux/mm.h>

struct tap {
	struct page **row;
	int full;
};

static void tap_drop(struct page **row, int n)
{
	while (n--)
		put_page(row[n]); /* @release */
}

static void tap_end(struct tap *tap)
{
	if (!tap->row)
		return;
	tap_drop(tap->row, tap->full);
	tap->full = 0;
}

static int tap_fill(struct tap *tap, unsigned long at, int n)
{
	int full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);

	if (full <= 0)
		return -EFAULT;
	tap->full = full;
	return 0;
}

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int ret;

	ret = tap_fill(tap, at, n);
	if (ret)
		return ret;
	memset(page_address(tap->row[0]), 0, PAGE_SIZE);
	tap_end(tap);
	return 0;
}
