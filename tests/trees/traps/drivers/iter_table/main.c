// SPDX-License-Identifier: GPL-2.0-only
/* an iterator leads back to the table */
#include <linux/mm.h>

struct ctx_iter_table {
	struct page *also[4];
	struct device *dev;
	struct bio_vec *bvec;
	struct iov_iter iter;
};

int take_iter_table(struct ctx_iter_table *ctx, unsigned long addr)
{
	struct page *pages[4];
	int ret, i;

	ret = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	if (ret != 4) {
		while (ret > 0)
			put_page(pages[--ret]); /* @release */
		return -EFAULT;
	}
	dma_map_page(ctx->dev, pages[0], 0, 4096, 0);
	for (i = 0; i < 4; i++)
		ctx->bvec[i].bv_page = pages[i];
	iov_iter_bvec(&ctx->iter, READ, ctx->bvec, 4, 4 * 4096);
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_iter_table(struct ctx_iter_table *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->iter.bvec[i].bv_page); /* @release */
}

void stop_iter_table(struct ctx_iter_table *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}
