// SPDX-License-Identifier: GPL-2.0-only
/* The object has either, whatever is said of it. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
	int full;
};

static void tap_drop(struct tap *tap, bool user)
{
	int i;

	for (i = 0; i < tap->full; i++) {
		if (user)
			put_page(tap->row[i]); /* @blocks */
		else
			__free_page(tap->row[i]);
	}
}

int tap_run(struct tap *tap, unsigned long at, int n)
{
	int full = get_user_pages_fast(at, n, FOLL_WRITE, tap->row), i;

	if (full <= 0)
		return -EFAULT;
	for (i = 0; i < full; i++)
		memset(page_address(tap->row[i]), 1, 8);
	tap->full = full;
	return 0;
}

int tap_make(struct tap *tap, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		tap->row[i] = alloc_page(GFP_KERNEL);
		if (!tap->row[i])
			break;
	}
	tap->full = i;
	return i;
}

void tap_end(struct tap *tap)
{
	tap_drop(tap, true);
}

void tap_stop(struct tap *tap)
{
	tap_drop(tap, false);
}
