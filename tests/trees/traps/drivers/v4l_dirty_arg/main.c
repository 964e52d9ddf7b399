// SPDX-License-Identifier: GPL-2.0-only
/* dirties or not by what the caller says, and skips reserved pages */
#include <linux/mm.h>

struct mem_v4l_dirty {
	struct page **pages;
	int nr_pages;
	int direction;
};

int init_v4l_dirty(struct mem_v4l_dirty *dma, unsigned long data, int nr)
{
	int err;

	dma->nr_pages = nr;
	err = get_user_pages_fast(data, nr, dma->direction == 2, dma->pages);
	if (err != nr) {
		dma->nr_pages = err >= 0 ? err : 0;
		return err < 0 ? err : -EINVAL;
	}
	return 0;
}

void free_v4l_dirty(struct mem_v4l_dirty *dma)
{
	int i;

	for (i = 0; i < dma->nr_pages; i++) {
		if (dma->direction == 2 && !PageReserved(dma->pages[i]))
			set_page_dirty_lock(dma->pages[i]);
		put_page(dma->pages[i]); /* @release */
	}
	kfree(dma->pages);
	dma->pages = NULL;
}

const struct toy_operations v4l_dirty_arg_ops = {
	.init_v4l_dirty = init_v4l_dirty,
	.free_v4l_dirty = free_v4l_dirty,
};
