// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int toy_fill(unsigned long addr, int nr, struct page **pages, bool ro)
{
	long got;
	int i;

	mmap_read_lock(current->mm);
	got = get_user_pages(addr, nr, ro ? 0 : FOLL_WRITE, pages);
	for (i = 0; i < got; i++)
		clear_highpage(pages[i]);
	for (i = 0; i < got; i++)
		put_page(pages[i]); /* @release */
	mmap_read_unlock(current->mm);
	return got < 0 ? got : 0;
}
