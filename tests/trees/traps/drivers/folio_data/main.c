// SPDX-License-Identifier: GPL-2.0-only
/* the folio's data is read, not only its fields */
#include <linux/mm.h>

int go_folio_data(unsigned long addr, void *to)
{
	struct folio *folio;
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	folio = page_folio(page);
	folio_lock(folio);
	memcpy(to, folio_address(folio), 8);
	folio_unlock(folio);
	folio_put(folio); /* @release */
	return 0;
}
