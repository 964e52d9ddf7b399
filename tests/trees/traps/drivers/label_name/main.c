// SPDX-License-Identifier: GPL-2.0-only
/* a label has the name of the page's variable */
#include <linux/mm.h>

int run_label_name(struct device *dev, unsigned long addr)
{
	struct page *page;
	int ret = -EIO;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (!dma_map_page(dev, page, 0, 4096, 0))
		goto page;
	ret = 0;
page:
	put_page(page); /* @release */
	return ret;
}
