// SPDX-License-Identifier: GPL-2.0-only
/* The pages of the call before are given back, and these are handed up. */
#include <linux/mm.h>
#include <linux/slab.h>

struct tap {
	struct page **row;
	int full;
};

static void tap_empty(struct tap *tap)
{
	int i;

	if (tap->row) {
		for (i = 0; i < tap->full; i++)
			put_page(tap->row[i]);
		kfree(tap->row);
		tap->row = NULL;
	}
}

static struct page **tap_take(struct tap *tap, unsigned long at, int n)
{
	struct page **row = kcalloc(n, sizeof(*row), GFP_KERNEL);
	int full;

	if (!row)
		return NULL;
	full = get_user_pages_fast(at, n, FOLL_WRITE, row);
	if (full != n) {
		while (full-- > 0)
			put_page(row[full]); /* @blocks */
		kfree(row);
		return NULL;
	}
	tap_empty(tap);
	return row;
}

int tap_set(struct tap *tap, unsigned long at, int n)
{
	tap->row = tap_take(tap, at, n);
	if (!tap->row)
		return -EFAULT;
	tap->full = n;
	return 0;
}

void tap_end(struct tap *tap)
{
	tap_empty(tap);
}
