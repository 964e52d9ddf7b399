// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hugetlb.h>
#include <linux/mm.h>

int pot_key(unsigned long addr, struct pot_key *key)
{
	struct page *page;
	int err;

	err = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);
	if (err < 0)
		return err;
	key->index = basepage_index(page);
	put_page(page);
	return 0;
}
