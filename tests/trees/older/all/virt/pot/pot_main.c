// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

void pot_release_number(unsigned long number)
{
	put_page(pfn_to_page(number));
}

void pot_release_dirty(struct page *page)
{
	set_page_dirty(page);
	pot_release_number(page_to_pfn(page));
}
