// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct toy_in_time_region {
	struct page **pages;
	long count;
};

int toy_in_time(struct toy_in_time_region *region, unsigned long addr, long nr)
{
	long i, ret;

	region->count = 0;
	do {
		i = region->count;
		ret = get_user_pages(addr + i * PAGE_SIZE, 1, FOLL_WRITE, region->pages + i);
		if (ret < 0)
			goto drop;
		region->count++;
		ret = toy_in_time_check(region, i);
		if (ret < 0)
			goto drop;
	} while (region->count < nr);
	return 0;
drop:
	for (i = 0; i < region->count; i++)
		put_page(region->pages[i]); /* @release */
	return ret;
}

void toy_in_time_free(struct toy_in_time_region *region)
{
	long i;

	for (i = 0; i < region->count; i++)
		put_page(region->pages[i]); /* @release */
}

const struct toy_operations in_time_ops = {
	.toy = toy_in_time,
	.toy_free = toy_in_time_free,
};
