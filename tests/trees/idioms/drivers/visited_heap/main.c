// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/highmem.h>

struct visited_heap {
	struct page *pages[16];
	int count;
};

typedef void (*visited_heap_visit)(struct page *page, void *data);

static void visited_heap_each(struct visited_heap *lane, visited_heap_visit visit, void *data)
{
	int i;

	for (i = 0; i < lane->count; i++)
		visit(lane->pages[i], data);
}

static void visited_heap_clear(struct page *page, void *data)
{
	clear_highpage(page);
}

static void visited_heap_drop(struct page *page, void *data)
{
	set_page_dirty_lock(page);
	put_page(page);
}

int visited_heap_zero(struct visited_heap *lane, unsigned long addr, int count)
{
	lane->count = get_user_pages_fast(addr, min(count, 16), FOLL_WRITE,
					  lane->pages);
	if (lane->count <= 0)
		return lane->count;
	visited_heap_each(lane, visited_heap_clear, NULL);
	visited_heap_each(lane, visited_heap_drop, NULL); /* @blocks */
	return 0;
}
