// SPDX-License-Identifier: GPL-2.0-only
/* Macros only read the parameter before they go. */
#include <linux/mm.h>

#define TAP_NOTE(x) do { int v = (x); tap_log(v == (x)); } while (0)

void tap_log(int same);

int tap_run(unsigned long at, int n, bool user)
{
	struct page *row[16];
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
	TAP_NOTE(user);
	pr_info("%d\n", user);
	for (i = 0; i < full; i++) {
		if (user)
			put_page(row[i]); /* @release */
		else
			__free_page(row[i]);
	}
	return 0;
}
