// SPDX-License-Identifier: GPL-2.0-only
/* As run_filled, and another loop fills the table with pages of its own. */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct mixed_job {
	struct sg_table table;
	struct completion done;
};

static void mixed_drop(struct mixed_job *job)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&job->table, sg, i) {
		set_page_dirty_lock(sg_page(sg));
		put_page(sg_page(sg)); /* @blocks */
	}
	sg_free_table(&job->table);
}

int run_mixed(struct device *dev, struct mixed_job *job, unsigned long at, int n)
{
	struct scatterlist *sg;
	struct page *pages[16];
	int i, got, ret;

	got = get_user_pages_fast(at, n, FOLL_WRITE, pages);
	if (got <= 0)
		return -EFAULT;
	ret = sg_alloc_table(&job->table, got, GFP_KERNEL);
	if (ret) {
		for (i = 0; i < got; i++)
			put_page(pages[i]);
		return ret;
	}
	for_each_sgtable_sg(&job->table, sg, i)
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);
	dma_map_sg(dev, job->table.sgl, got, DMA_FROM_DEVICE);
	wait_for_completion(&job->done);
	dma_unmap_sg(dev, job->table.sgl, got, DMA_FROM_DEVICE);
	mixed_drop(job);
	return 0;
}

int mixed_own(struct mixed_job *job, int n)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&job->table, sg, i)
		sg_set_page(sg, alloc_page(GFP_KERNEL), PAGE_SIZE, 0);
	mixed_drop(job);
	return 0;
}
