// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int folio_key_of(unsigned long addr, unsigned long *index)
{
	struct folio *folio;
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	folio = page_folio(page);
	folio_lock(folio);
	if (!READ_ONCE(folio->mapping)) {
		folio_unlock(folio);
		folio_put(folio);
		return -EAGAIN;
	}
	*index = folio->index + folio_page_idx(folio, page);
	folio_unlock(folio);
	folio_put(folio);
	return 0;
}
