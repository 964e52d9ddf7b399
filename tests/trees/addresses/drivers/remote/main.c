// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int toy_remote(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	struct page *page;

	page = get_user_page_vma_remote(mm, addr, FOLL_WRITE, &vma); /* @blocks */
	if (IS_ERR(page))
		return PTR_ERR(page);
	clear_highpage(page);
	put_page(page);
	return 0;
}
