// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct guest_mem {
	struct page **pages;
	u64 num;
};

static void mem_release(struct page **pages, u64 num, bool dirty)
{
	u64 i;

	for (i = 0; i < num; i++) {
		if (dirty)
			set_page_dirty(pages[i]);	/* @dirtied-unlocked */
		put_page(pages[i]);
		pages[i] = NULL;
	}
}

int mem_register(struct guest_mem *mem, u64 addr)
{
	int got;

	got = get_user_pages_fast(addr, mem->num, 1, mem->pages);
	if (got < (int)mem->num) {
		if (got > 0)
			mem_release(mem->pages, got, false);
		return -ENOMEM;
	}
	return 0;
}

void mem_unregister(struct guest_mem *mem)
{
	mem_release(mem->pages, mem->num, true);
}
