// SPDX-License-Identifier: GPL-2.0-only
/* the same function drops a table of the driver's own pages */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct run_given {
	struct sg_table table;
	struct sg_table own;
	struct device *dev;
};

static void run_given_clear(struct sg_table *sgt)
{
	struct sg_page_iter iter;
	struct page *page;

	for_each_sg_page(sgt->sgl, &iter, sgt->orig_nents, 0) {
		page = sg_page_iter_page(&iter);
		set_page_dirty_lock(page);
		put_page(page); /* @blocks */
	}
	sg_free_table(sgt);
}

static void run_given_own(struct run_given *run_given)
{
	sg_set_page(run_given->own.sgl, alloc_page(GFP_KERNEL), PAGE_SIZE, 0);
	run_given_clear(&run_given->own);
}

int run_given_run(struct run_given *run_given, unsigned long addr)
{
	struct page *pages[16];
	int got, ret;

	got = get_user_pages_fast(addr, 16, FOLL_WRITE, pages);
	if (got != 16) {
		while (got > 0)
			put_page(pages[--got]);
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&run_given->table, pages, 16, 0, 16 * PAGE_SIZE, GFP_KERNEL);
	if (ret) {
		while (got > 0)
			put_page(pages[--got]);
		return ret;
	}
	dma_map_sgtable(run_given->dev, &run_given->table, DMA_FROM_DEVICE, 0);
	dma_unmap_sgtable(run_given->dev, &run_given->table, DMA_FROM_DEVICE, 0);
	run_given_clear(&run_given->table);
	run_given_own(run_given);
	return 0;
}
