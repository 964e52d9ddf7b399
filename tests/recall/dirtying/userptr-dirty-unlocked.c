// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>

struct gem_user {
	struct sg_table table;
	bool dirty;
};

int gem_get(struct gem_user *obj, unsigned long addr, int nr,
	    struct page **pages)
{
	int got;

	got = pin_user_pages_fast(addr, nr, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got < 0)
		return got;
	if (got == nr && !sg_alloc_table_from_pages(&obj->table, pages, nr, 0,
						    nr << PAGE_SHIFT,
						    GFP_KERNEL))
		return 0;
	unpin_user_pages(pages, got);
	return -EFAULT;
}

void gem_put(struct gem_user *obj)
{
	struct sg_page_iter iter;

	for_each_sgtable_page(&obj->table, &iter, 0) {
		struct page *page = sg_page_iter_page(&iter);

		if (obj->dirty)
			set_page_dirty(page);	/* @dirtied-unlocked */
		unpin_user_page(page);
	}
	sg_free_table(&obj->table);
}
