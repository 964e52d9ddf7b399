// SPDX-License-Identifier: GPL-2.0-only
/* a second loop has the variable run over another table */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct run_again {
	struct sg_table table;
	struct sg_table own;
	struct device *dev;
};

static void run_again_clear(struct sg_table *sgt, struct sg_table *other)
{
	struct scatterlist *sg;
	unsigned int n;
	struct page *page;

	for_each_sg(sgt->sgl, sg, sgt->orig_nents, n) {
		page = sg_page(sg);
		set_page_dirty_lock(page);
		put_page(page);
	}
	for_each_sg(other->sgl, sg, other->orig_nents, n) {
		page = sg_page(sg);
		put_page(page); /* @blocks */
	}
	sg_free_table(sgt);
}

void run_again_fill(struct run_again *run_again)
{
	sg_set_page(run_again->own.sgl, alloc_page(GFP_KERNEL), PAGE_SIZE, 0);
}

int run_again_run(struct run_again *run_again, unsigned long addr)
{
	struct page *pages[16];
	int got, ret;

	got = get_user_pages_fast(addr, 16, FOLL_WRITE, pages);
	if (got != 16) {
		while (got > 0)
			put_page(pages[--got]);
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&run_again->table, pages, 16, 0, 16 * PAGE_SIZE, GFP_KERNEL);
	if (ret) {
		while (got > 0)
			put_page(pages[--got]);
		return ret;
	}
	dma_map_sgtable(run_again->dev, &run_again->table, DMA_FROM_DEVICE, 0);
	dma_unmap_sgtable(run_again->dev, &run_again->table, DMA_FROM_DEVICE, 0);
	run_again_clear(&run_again->table, &run_again->own);
	return 0;
}
