// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int toy_remote_read(struct mm_struct *mm, unsigned long addr, void *data)
{
	struct vm_area_struct *vma;
	struct page *page = get_user_page_vma_remote(mm, addr, 0, &vma);

	if (IS_ERR(page))
		return PTR_ERR(page);
	memcpy_from_page(data, page, 0, 8);
	put_page(page);
	return 0;
}
