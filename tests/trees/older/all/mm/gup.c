// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int get_user_pages_fast(unsigned long start, int nr_pages,
			unsigned int gup_flags, struct page **pages)
{
	return gup_walk(start, nr_pages, gup_flags | FOLL_GET, pages);
}
