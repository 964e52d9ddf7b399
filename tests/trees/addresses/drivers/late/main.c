// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct toy_region {
	struct page **pages;
	long count;
};

int toy_late(struct toy_region *region, unsigned long addr, long nr)
{
	long i, ret;

	region->count = 0;
	do {
		i = region->count;
		ret = get_user_pages(addr + i * PAGE_SIZE, 1, FOLL_WRITE, region->pages + i);
		if (ret < 0)
			goto drop;
		ret = toy_check(region, i);
		if (ret < 0)
			goto drop; /* @blocks */
		region->count++;
	} while (region->count < nr);
	return 0;
drop:
	for (i = 0; i < region->count; i++)
		put_page(region->pages[i]);
	return ret;
}

void toy_late_free(struct toy_region *region)
{
	long i;

	for (i = 0; i < region->count; i++)
		put_page(region->pages[i]);
}

const struct toy_operations late_ops = {
	.toy = toy_late,
	.toy_free = toy_late_free,
};
