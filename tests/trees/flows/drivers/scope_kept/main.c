// SPDX-License-Identifier: GPL-2.0-only
/* The object takes the array over where nothing failed. */
#include <linux/mm.h>
#include <linux/cleanup.h>

struct tap {
	struct page **row;
	int full;
};

static int tap_fill(struct tap *tap, unsigned long at, int n)
{
	struct page **row __free(kvfree) = kvmalloc_array(n, 8, GFP_KERNEL);
	int full;

	if (!row)
		return -ENOMEM;
	full = get_user_pages_fast(at, n, FOLL_WRITE, row);
	if (full <= 0)
		return -EFAULT;
	tap->full = full;
	tap->row = no_free_ptr(row);
	return 0;
}

static void tap_end(struct tap *tap)
{
	int i;

	for (i = 0; i < tap->full; i++)
		put_page(tap->row[i]); /* @release */
	kvfree(tap->row);
}

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int ret = tap_fill(tap, at, n);

	if (ret)
		return ret;
	memset(page_address(tap->row[0]), 1, 8);
	tap_end(tap);
	return 0;
}
