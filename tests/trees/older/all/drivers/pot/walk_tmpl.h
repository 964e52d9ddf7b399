/* SPDX-License-Identifier: GPL-2.0-only */

static int WALK(mark)(unsigned long addr, unsigned int index)
{
	struct page *page;
	u64 *table;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	table = kmap_atomic(page);
	table[index] |= 1;
	kunmap_atomic(table);
	pot_release_dirty(page);
	return 0;
}
