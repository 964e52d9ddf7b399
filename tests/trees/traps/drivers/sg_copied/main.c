// SPDX-License-Identifier: GPL-2.0-only
/* a scatterlist is duplicated */
#include <linux/mm.h>

struct ctx_sg_copied {
	struct page *also[4];
	struct device *dev;
	struct scatterlist *sg;
};

int take_sg_copied(struct ctx_sg_copied *ctx, unsigned long addr)
{
	struct page *pages[4];
	struct scatterlist tmp[4];
	int ret, i;

	ret = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	if (ret != 4) {
		while (ret > 0)
			put_page(pages[--ret]); /* @release */
		return -EFAULT;
	}
	dma_map_page(ctx->dev, pages[0], 0, 4096, 0);
	sg_init_table(tmp, 4);
	for (i = 0; i < 4; i++)
		sg_set_page(&tmp[i], pages[i], 4096, 0);
	ctx->sg = kmemdup(tmp, sizeof(tmp), GFP_KERNEL);
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_sg_copied(struct ctx_sg_copied *ctx)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(ctx->sg, sg, 4, i)
		put_page(sg_page(sg)); /* @release */
}

void stop_sg_copied(struct ctx_sg_copied *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}
