// SPDX-License-Identifier: GPL-2.0-only
/* the other arm of an if leaves, but an earlier round took pages */
#include <linux/mm.h>

int other_arm_loop(struct device *dev, unsigned long addr, int n)
{
	struct page *page[4];
	int k, got = 0, ret;

	for (k = 0; k < n; k++) {
		if (k != 2) {
			ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page[k]);
			if (ret != 1)
				break;
			dma_map_page(dev, page[k], 0, PAGE_SIZE, 0);
			got++;
		} else if (!dev) {
			return -EINVAL; /* @leak */
		}
	}
	while (got--)
		put_page(page[got]); /* @release */
	return 0;
}
