// SPDX-License-Identifier: GPL-2.0-only
/* As dirtied_late, in the right order; an error way drops them unmarked. */
#include <linux/mm.h>

static void dirtied_first_mark(struct page **pages, int n)
{
	while (n--)
		set_page_dirty_lock(pages[n]);
}

int dirtied_first_read(struct toy *toy, unsigned long addr, int n)
{
	struct page *pages[16];
	int i, got, err;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (got <= 0)
		return -EFAULT;
	err = toy_fill(toy, page_address(pages[0]));
	if (err) {
		for (i = 0; i < got; i++)
			put_page(pages[i]);	/* @release */
	}
	if (!err) {
		dirtied_first_mark(pages, got);
		for (i = 0; i < got; i++)
			put_page(pages[i]);	/* @release */
	}
	return err;
}
