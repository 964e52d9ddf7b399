// SPDX-License-Identifier: GPL-2.0-only
/* The pages of the call before are given back, and these are put there by a function. */
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

static void tap_keep(struct tap *tap, struct page **row, int full)
{
	tap->row = row;
	tap->full = full;
}

int tap_set(struct tap *tap, unsigned long at, int n)
{
	struct page **row = kcalloc(n, sizeof(*row), GFP_KERNEL);
	int full;

	if (!row)
		return -ENOMEM;
	full = get_user_pages_fast(at, n, FOLL_WRITE, row);
	if (full != n) {
		while (full-- > 0)
			put_page(row[full]); /* @blocks */
		kfree(row);
		return -EFAULT;
	}
	tap_empty(tap);
	tap_keep(tap, row, n);
	return 0;
}

void tap_end(struct tap *tap)
{
	tap_empty(tap);
}
