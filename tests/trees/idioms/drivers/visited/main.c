// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/highmem.h>

struct visited {
	struct page *pages[16];
	int count;
};

typedef void (*visited_visit)(struct page *page, void *data);

static void visited_each(struct visited *lane, visited_visit visit, void *data)
{
	int i;

	for (i = 0; i < lane->count; i++)
		visit(lane->pages[i], data);
}

static void visited_clear(struct page *page, void *data)
{
	clear_highpage(page);
}

static void visited_drop(struct page *page, void *data)
{
	set_page_dirty_lock(page);
	put_page(page); /* @release */
}

int visited_zero(unsigned long addr, int count)
{
	struct visited lane;

	lane.count = get_user_pages_fast(addr, min(count, 16), FOLL_WRITE,
					 lane.pages);
	if (lane.count <= 0)
		return lane.count;
	visited_each(&lane, visited_clear, NULL);
	visited_each(&lane, visited_drop, NULL);
	return 0;
}
