// SPDX-License-Identifier: GPL-2.0-only
/* As asked_kept, but a short result lowers the count. */
#include <linux/mm.h>

struct taken_kept {
	struct page *pages[32];
	unsigned int count;
};

long taken_kept_ioctl_add(struct taken_kept *map, unsigned long addr, int count)
{
	int ret;

	ret = get_user_pages_fast(addr, count, FOLL_WRITE, map->pages);
	if (ret < 0)
		return ret;
	if (ret < count)
		count = ret;
	map->count = count;
	start_dma(map);
	return 0;
}

long taken_kept_ioctl_del(struct taken_kept *map)
{
	unsigned int i;

	stop_dma(map);
	for (i = 0; i < map->count; i++) {
		set_page_dirty_lock(map->pages[i]);
		put_page(map->pages[i]);	/* @release */
	}
	return 0;
}

const struct toy_operations taken_kept_ops = {
	.add = taken_kept_ioctl_add,
	.del = taken_kept_ioctl_del,
};
