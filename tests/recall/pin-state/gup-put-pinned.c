// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int usable(struct page **pages, long nr);

long keep_pages(unsigned long start, long nr, struct page **pages)
{
	long got, i;

	mmap_read_lock(current->mm);
	got = pin_user_pages(start, nr, FOLL_WRITE | FOLL_LONGTERM, pages,
			     NULL);
	mmap_read_unlock(current->mm);
	if (got < 0)
		return got;
	if (!usable(pages, got)) {
		for (i = 0; i < got; i++)
			put_page(pages[i]);	/* @mismatch */
		return -EOPNOTSUPP;
	}
	return got;
}

void forget_pages(struct page **pages, long nr)
{
	unpin_user_pages(pages, nr);
}
