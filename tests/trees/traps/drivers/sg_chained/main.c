// SPDX-License-Identifier: GPL-2.0-only
/* a scatterlist goes behind another one */
#include <linux/mm.h>

struct ctx_sg_chained {
	struct page *also[4];
	struct device *dev;
	struct scatterlist *head;
};

int take_sg_chained(struct ctx_sg_chained *ctx, unsigned long addr)
{
	struct page *pages[4];
	struct scatterlist *tail;
	int ret, i;

	ret = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	if (ret != 4) {
		while (ret > 0)
			put_page(pages[--ret]); /* @release */
		return -EFAULT;
	}
	dma_map_page(ctx->dev, pages[0], 0, 4096, 0);
	tail = kcalloc(4, sizeof(*tail), GFP_KERNEL);
	sg_init_table(tail, 4);
	for (i = 0; i < 4; i++)
		sg_set_page(&tail[i], pages[i], 4096, 0);
	sg_chain(ctx->head, 2, tail);
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_sg_chained(struct ctx_sg_chained *ctx)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sg_next(ctx->head), sg, 4, i)
		put_page(sg_page(sg)); /* @release */
}

void stop_sg_chained(struct ctx_sg_chained *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}

const struct toy_operations sg_chained_ops = {
	.take = take_sg_chained,
	.drop = drop_sg_chained,
	.stop = stop_sg_chained,
};
