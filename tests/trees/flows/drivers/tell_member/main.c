// SPDX-License-Identifier: GPL-2.0-only
/* An earlier call may have left pages in the object, of either kind. */
#include <linux/mm.h>

struct tap {
	struct page *row[16];
};

int tap_run(struct tap *tap, unsigned long at, int n, bool user)
{
	struct page **row = tap->row;
	int full = 0, i;

	if (user) {
		full = get_user_pages_fast(at, n, FOLL_WRITE, row);
		if (full <= 0)
			return -EFAULT;
	} else {
		while (full < n) {
			row[full] = alloc_page(GFP_KERNEL);
			if (!row[full])
				break;
			full++;
		}
	}
	for (i = 0; i < full; i++)
		memset(page_address(row[i]), 1, 8);
	for (i = 0; i < full; i++) {
		if (user)
			put_page(row[i]); /* @blocks */
		else
			__free_page(row[i]);
	}
	return 0;
}
