// SPDX-License-Identifier: GPL-2.0-only
/* a loop over the pages of a table, big entries included */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct run_pages {
	struct sg_table table;
	struct sg_table own;
	struct device *dev;
};

static void run_pages_clear(struct sg_table *sgt)
{
	struct sg_page_iter iter;
	struct page *page;

	for_each_sg_page(sgt->sgl, &iter, sgt->orig_nents, 0) {
		page = sg_page_iter_page(&iter);
		set_page_dirty_lock(page);
		put_page(page); /* @release */
	}
	sg_free_table(sgt);
}

int run_pages_run(struct run_pages *run_pages, unsigned long addr)
{
	struct page *pages[16];
	int got, ret;

	got = get_user_pages_fast(addr, 16, FOLL_WRITE, pages);
	if (got != 16) {
		while (got > 0)
			put_page(pages[--got]); /* @release */
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&run_pages->table, pages, 16, 0, 16 * PAGE_SIZE, GFP_KERNEL);
	if (ret) {
		while (got > 0)
			put_page(pages[--got]); /* @release */
		return ret;
	}
	dma_map_sgtable(run_pages->dev, &run_pages->table, DMA_FROM_DEVICE, 0);
	dma_unmap_sgtable(run_pages->dev, &run_pages->table, DMA_FROM_DEVICE, 0);
	run_pages_clear(&run_pages->table);
	return 0;
}
