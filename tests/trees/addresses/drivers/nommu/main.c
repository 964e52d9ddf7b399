// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct toy_image {
	struct mm_struct *mm;
	struct page **page;
};

int toy_nommu(struct toy_image *image, unsigned long addr)
{
	struct page *page;

#ifdef CONFIG_MMU
	if (get_user_pages_remote(image->mm, addr, 1, FOLL_WRITE, &page, NULL) <= 0)
		return -EFAULT;
#else
	page = image->page[addr / PAGE_SIZE];
#endif
	clear_highpage(page);
#ifdef CONFIG_MMU
	put_page(page); /* @blocks */
#endif
	return 0;
}
