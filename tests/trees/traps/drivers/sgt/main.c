// SPDX-License-Identifier: GPL-2.0-only
/* sg_alloc_table_from_pages, released via sg_page */
#include <linux/mm.h>

struct ctx_sgt {
	struct page *page;
	struct page *pages[8];
	struct sg_table sgt;
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_sgt(struct ctx_sgt *ctx, unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < n) {
		for (i = 0; i < ret; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&ctx->sgt, pages, n, 0, 4096 * n, GFP_KERNEL);
	if (ret) {
		for (i = 0; i < n; i++)
			put_page(pages[i]); /* @release */
		return ret;
	}
	return 0;
}

void drop_sgt(struct ctx_sgt *ctx)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(ctx->sgt.sgl, sg, ctx->sgt.nents, i)
		put_page(sg_page(sg)); /* @release */
}

const struct toy_operations sgt_ops = {
	.take = take_sgt,
	.drop = drop_sgt,
};
