// SPDX-License-Identifier: GPL-2.0-only
/* error of a mapping returned without release */
#include <linux/mm.h>

int go_leak_err(unsigned long addr, int n)
{
	struct page *page;
	int ret, err;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	err = dma_map_page(NULL, page, 0, 4096, 0);
	if (err)
		return err; /* @leak */
	put_page(page);
	return 0;
}
