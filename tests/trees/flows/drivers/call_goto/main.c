// SPDX-License-Identifier: GPL-2.0-only
/* One label, which good ends and bad ones pass. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
	int full;
};

static void tap_end(struct tap *tap)
{
	int i;

	if (tap->full > 0) {
		for (i = 0; i < tap->full; i++)
			put_page(tap->row[i]); /* @release */
	}
}

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int full, ret = 0;

	full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	if (full <= 0)
		return -EFAULT;
	tap->full = full;
	if (full < n) {
		ret = -EIO;
		goto out;
	}
	memset(page_address(tap->row[0]), 0, PAGE_SIZE);
out:
	tap_end(tap);
	return ret;
}
