// SPDX-License-Identifier: GPL-2.0-only
/* A short result leaks today, which comes before any question. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
	int full;
	bool busy;
};

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int full, i;

	full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row);
	if (full <= 0)
		return -EFAULT;
	if (full < n)
		return -EIO; /* @blocks */
	tap->full = full;
	if (tap->busy)
		return 0;
	for (i = 0; i < full; i++)
		put_page(tap->row[i]);
	return 0;
}

void tap_end(struct tap *tap)
{
	int i;

	for (i = 0; i < tap->full; i++)
		put_page(tap->row[i]);
}
