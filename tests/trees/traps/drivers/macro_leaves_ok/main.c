// SPDX-License-Identifier: GPL-2.0-only
/* A macro leaves before there are pages, and by the clean-up once there are. */
#include <linux/mm.h>

#define LEAVE_IF(c, v) do { if (c) return v; } while (0)
#define FAIL_IF(c, label) \
	do { \
		if (c) { \
			err = -EIO; \
			goto label; \
		} \
	} while (0)
#define COMPLAIN_IF(c) do { if (c) pr_err("return %d", -EIO); } while (0)

int macro_leaves_ok_fill(struct toy *toy, unsigned long addr, int n)
{
	struct page *pages[16];
	int i, got, err = 0;

	LEAVE_IF(n > 16, -EINVAL);
	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	LEAVE_IF(got <= 0, -EFAULT);
	COMPLAIN_IF(got < n);
	FAIL_IF(!toy_ready(toy), drop);
	for (i = 0; i < got; i++)
		memset(page_address(pages[i]), 0, PAGE_SIZE);
drop:
	for (i = 0; i < got; i++) {
		set_page_dirty_lock(pages[i]);
		put_page(pages[i]);	/* @release */
	}
	LEAVE_IF(err, err);
	return 0;
}
