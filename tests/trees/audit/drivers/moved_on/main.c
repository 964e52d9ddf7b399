// SPDX-License-Identifier: GPL-2.0-only
/* Pages that a loop hands on one by one are in other hands behind it. */
#include <linux/mm.h>

struct moved_on { struct page *ring[64]; int end; };

int moved_on_bad(struct moved_on *toy, unsigned long addr, int left)
{
	struct page *pages[16];
	int i, n;

	while (left) {
		n = get_user_pages_fast(addr, left, 0, pages);
		if (n <= 0)
			return -EFAULT;
		if (toy_map(toy->end))
			return -EIO;	/* @leak-error */
		if (toy_map(left)) {
			while (n--)
				put_page(pages[n]);
			return -EIO;
		}
		for (i = 0; i < n; i++)
			toy->ring[toy->end++] = pages[i];
		left -= n;
	}
	return 0;
}

int moved_on_good(struct moved_on *toy, unsigned long addr, int left)
{
	struct page *pages[16];
	int i, n;

	while (left) {
		n = get_user_pages_fast(addr, left, 0, pages);
		if (n <= 0)
			return -EFAULT;
		for (i = 0; i < n; i++)
			toy->ring[toy->end++] = pages[i];
		left -= n;
	}
	return 0;
}

void moved_on_free(struct moved_on *toy)
{
	while (toy->end > 0)
		put_page(toy->ring[--toy->end]);
}
