// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/highmem.h>

struct visited_by {
	struct page *pages[16];
	int count;
};

typedef void (*visited_by_visit)(struct page *page, void *data);

static void visited_by_each(struct visited_by *lane, visited_by_visit visit, void *data)
{
	int i;

	for (i = 0; i < lane->count; i++)
		visit(lane->pages[i], data); /* @blocks */
}

static void visited_by_clear(struct page *page, void *data)
{
	clear_highpage(page);
}

static void visited_by_drop(struct page *page, void *data)
{
	set_page_dirty_lock(page);
	put_page(page);
}

int visited_by_zero(unsigned long addr, int count, visited_by_visit first)
{
	struct visited_by lane;

	lane.count = get_user_pages_fast(addr, min(count, 16), FOLL_WRITE,
					 lane.pages);
	if (lane.count <= 0)
		return lane.count;
	visited_by_each(&lane, first, NULL);
	visited_by_each(&lane, visited_by_drop, NULL);
	return 0;
}
