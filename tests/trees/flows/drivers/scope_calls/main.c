// SPDX-License-Identifier: GPL-2.0-only
/* What the attribute calls is not known. */
#include <linux/mm.h>
#include <linux/cleanup.h>

int tap_run(unsigned long at, int n)
{
	struct page **pages __cleanup(tap_away) = kvmalloc_array(n, 8, GFP_KERNEL); /* @blocks */
	int full, i;

	full = get_user_pages_fast(at, n, FOLL_WRITE, pages);
	if (full < 0)
		return full;
	for (i = 0; i < full; i++)
		put_page(pages[i]);
	return 0;
}
