// SPDX-License-Identifier: GPL-2.0-only
/* The module's own name for freeing it, and a lock of the scope. */
#include <linux/mm.h>
#include <linux/cleanup.h>

DEFINE_FREE(row, struct page **, if (_T) kvfree(_T))

int tap_run(struct mutex *lock, unsigned long at, int n)
{
	struct page **pages __free(row) = kvmalloc_array(n, 8, GFP_KERNEL);
	int full, i;

	if (!pages)
		return -ENOMEM;
	guard(mutex)(lock);
	full = get_user_pages_fast(at, n, FOLL_WRITE, pages);
	if (full < 0)
		return full;
	for (i = 0; i < full; i++)
		memset(page_address(pages[i]), 1, 8);
	for (i = 0; i < full; i++)
		put_page(pages[i]); /* @release */
	return 0;
}
