// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* Two pages at most: a short result is one, which is dropped by itself. */
long short_one_write(unsigned long start, int nr)
{
	struct page *pages[2];
	long done;
	int ret, i;

	ret = pin_user_pages_fast(start, nr, 0, pages);
	if (unlikely(ret < nr)) {
		if (ret > 0) {
			BUG_ON(ret != 1);
			unpin_user_page(pages[0]);
		}
		done = -EFAULT;
		goto end;
	}
	done = nr;
	for (i = 0; i < nr; i++)
		unpin_user_page(pages[i]);
end:
	return done;
}
