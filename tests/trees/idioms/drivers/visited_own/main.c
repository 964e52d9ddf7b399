// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/highmem.h>

struct visited_own {
	struct page *pages[16];
	int count;
};

typedef void (*visited_own_visit)(struct page *page, void *data);

static void visited_own_each(struct visited_own *lane, visited_own_visit visit, void *data)
{
	int i;

	for (i = 0; i < lane->count; i++)
		visit(lane->pages[i], data);
}

static void visited_own_clear(struct page *page, void *data)
{
	clear_highpage(page);
}

static void visited_own_drop(struct page *page, void *data)
{
	set_page_dirty_lock(page);
	put_page(page); /* @blocks */
}

int visited_own_own(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	visited_own_drop(page, NULL);
	return 0;
}

int visited_own_zero(unsigned long addr, int count)
{
	struct visited_own lane;

	lane.count = get_user_pages_fast(addr, min(count, 16), FOLL_WRITE,
					 lane.pages);
	if (lane.count <= 0)
		return lane.count;
	visited_own_each(&lane, visited_own_clear, NULL);
	visited_own_each(&lane, visited_own_drop, NULL);
	return 0;
}
