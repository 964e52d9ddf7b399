// SPDX-License-Identifier: GPL-2.0-only
/* What was asked for is kept as the count, however many came. */
#include <linux/mm.h>

struct asked_kept {
	struct page *pages[32];
	unsigned int count;
};

long asked_kept_ioctl_add(struct asked_kept *map, unsigned long addr, unsigned int count)
{
	int ret;

	ret = get_user_pages_fast(addr, count, FOLL_WRITE, map->pages);
	if (ret < 0)
		return ret;
	if (ret < count)
		pr_warn("%d of %u pages\n", ret, count);
	map->count = count;	/* @leak, @short */
	start_dma(map);
	return 0;
}

long asked_kept_ioctl_del(struct asked_kept *map)
{
	unsigned int i;

	stop_dma(map);
	for (i = 0; i < map->count; i++) {
		set_page_dirty_lock(map->pages[i]);
		put_page(map->pages[i]);
	}
	return 0;
}

const struct toy_operations asked_kept_ops = {
	.add = asked_kept_ioctl_add,
	.del = asked_kept_ioctl_del,
};
