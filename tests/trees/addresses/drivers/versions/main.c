// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int toy_versions(unsigned long addr)
{
	struct page *page;
	long ret;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	ret = get_user_pages(addr, 1, FOLL_WRITE, &page, NULL);
#else
	ret = get_user_pages(addr, 1, FOLL_WRITE, &page);
#endif
	if (ret != 1)
		return -EFAULT;
	clear_highpage(page);
	put_page(page);
	return 0;
}
