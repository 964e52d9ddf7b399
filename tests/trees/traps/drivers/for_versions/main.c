// SPDX-License-Identifier: GPL-2.0-only
/* out of tree: the other arm is for kernels that have no pins */
#include <linux/mm.h>
#include <linux/version.h>

int go_for_versions(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	memset(page_address(page), 0, 16);
	set_page_dirty_lock(page);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	put_page(page); /* @release */
#else
	page_cache_release(page);
#endif
	return 0;
}
