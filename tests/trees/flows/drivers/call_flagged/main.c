// SPDX-License-Identifier: GPL-2.0-only
/* What is called gives them back only where a flag says so. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
	int full;
	bool sync;
};

static void tap_end(struct tap *tap)
{
	int i;

	if (!tap->sync)
		return;
	for (i = 0; i < tap->full; i++)
		put_page(tap->row[i]); /* @blocks */
}

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int full;

	full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	if (full <= 0)
		return -EFAULT;
	tap->full = full;
	tap_end(tap);
	return 0;
}
