// SPDX-License-Identifier: GPL-2.0-only
/* The pages are nowhere but in variables, so a call ends with them. */
#include <linux/mm.h>

static void by_helper_put(struct page **pages, unsigned long n, bool dirty)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]); /* @release */
	}
}

static int by_helper_get(struct page **pages, unsigned long start, int n)
{
	int got = get_user_pages_fast(start, n, FOLL_WRITE, pages);

	if (got == n)
		return 0;
	if (got > 0)
		by_helper_put(pages, got, false);
	return -EFAULT;
}

int by_helper_fill(unsigned long start, int n)
{
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	int i, ret;

	if (!pages)
		return -ENOMEM;
	ret = by_helper_get(pages, start, n);
	if (!ret) {
		for (i = 0; i < n; i++)
			memset(page_address(pages[i]), 0, PAGE_SIZE);
		by_helper_put(pages, n, true);
	}
	kvfree(pages);
	return ret;
}
