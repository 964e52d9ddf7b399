// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int toy_poke(struct mm_struct *mm, unsigned long addr, long value)
{
	struct page *page;
	long *at, ret;

	mmap_read_lock(mm);
	ret = get_user_pages_remote(mm, addr, 1, FOLL_WRITE | FOLL_FORCE, &page, NULL);
	mmap_read_unlock(mm);
	if (ret <= 0)
		return ret;
	at = kmap_local_page(page);
	*at = value;
	kunmap_local(at);
	put_page(page); /* @release */
	return 0;
}
