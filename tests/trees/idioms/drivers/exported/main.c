// SPDX-License-Identifier: GPL-2.0-only
/* Another module calls both, in one call from user space or in two. */
#include <linux/mm.h>

struct exported_map {
	struct page *page;
	void *vaddr;
};

int exported_get(struct exported_map *map, unsigned long start)
{
	if (get_user_pages_fast(start, 1, FOLL_WRITE, &map->page) != 1)
		return -EFAULT;
	map->vaddr = page_address(map->page);
	return 0;
}
EXPORT_SYMBOL_GPL(exported_get);

void exported_put(struct exported_map *map)
{
	put_page(map->page); /* @release @blocks */
}
EXPORT_SYMBOL_GPL(exported_put);
