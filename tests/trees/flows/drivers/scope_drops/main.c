// SPDX-License-Identifier: GPL-2.0-only
/* The end of the scope drops the pages as well. */
#include <linux/mm.h>
#include <linux/cleanup.h>

DEFINE_FREE(row, struct page **, if (_T) tap_put_all(_T))

int tap_run(unsigned long at, int n)
{
	struct page **pages __free(row) = kvmalloc_array(n, 8, GFP_KERNEL); /* @blocks */
	int full, i;

	if (!pages)
		return -ENOMEM;
	full = get_user_pages_fast(at, n, FOLL_WRITE, pages);
	if (full < 0)
		return full;
	for (i = 0; i < full; i++)
		put_page(pages[i]);
	return 0;
}
