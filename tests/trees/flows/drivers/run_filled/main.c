// SPDX-License-Identifier: GPL-2.0-only
/* A loop over a table fills it, and one elsewhere drops what is in it. */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct run_job {
	struct sg_table table;
	struct completion done;
};

static void run_drop(struct run_job *job)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&job->table, sg, i) {
		set_page_dirty_lock(sg_page(sg));
		put_page(sg_page(sg)); /* @release */
	}
	sg_free_table(&job->table);
}

int run_filled(struct device *dev, struct run_job *job, unsigned long at, int n)
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
			put_page(pages[i]); /* @release */
		return ret;
	}
	for_each_sgtable_sg(&job->table, sg, i)
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);
	dma_map_sg(dev, job->table.sgl, got, DMA_FROM_DEVICE);
	wait_for_completion(&job->done);
	dma_unmap_sg(dev, job->table.sgl, got, DMA_FROM_DEVICE);
	run_drop(job);
	return 0;
}
