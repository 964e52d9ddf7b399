// SPDX-License-Identifier: GPL-2.0-only
/* a second loop has the iterator run over another table */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct run_twice {
	struct sg_table table;
	struct sg_table own;
	struct device *dev;
};

static void run_twice_clear(struct sg_table *sgt, struct sg_table *other)
{
	struct sg_page_iter iter;
	struct page *page;

	for_each_sg_page(sgt->sgl, &iter, sgt->orig_nents, 0) {
		page = sg_page_iter_page(&iter);
		set_page_dirty_lock(page);
		put_page(page);
	}
	for_each_sg_page(other->sgl, &iter, other->orig_nents, 0) {
		page = sg_page_iter_page(&iter);
		put_page(page); /* @blocks */
	}
	sg_free_table(sgt);
}

void run_twice_fill(struct run_twice *run_twice)
{
	sg_set_page(run_twice->own.sgl, alloc_page(GFP_KERNEL), PAGE_SIZE, 0);
}

int run_twice_run(struct run_twice *run_twice, unsigned long addr)
{
	struct page *pages[16];
	int got, ret;

	got = get_user_pages_fast(addr, 16, FOLL_WRITE, pages);
	if (got != 16) {
		while (got > 0)
			put_page(pages[--got]);
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&run_twice->table, pages, 16, 0, 16 * PAGE_SIZE, GFP_KERNEL);
	if (ret) {
		while (got > 0)
			put_page(pages[--got]);
		return ret;
	}
	dma_map_sgtable(run_twice->dev, &run_twice->table, DMA_FROM_DEVICE, 0);
	dma_unmap_sgtable(run_twice->dev, &run_twice->table, DMA_FROM_DEVICE, 0);
	run_twice_clear(&run_twice->table, &run_twice->own);
	return 0;
}
