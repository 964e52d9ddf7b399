// SPDX-License-Identifier: GPL-2.0-only
/* a table of bio_vecs is duplicated */
#include <linux/mm.h>

struct ctx_table_copied {
	struct page *also[4];
	struct device *dev;
	struct bio_vec *bvec;
};

int take_table_copied(struct ctx_table_copied *ctx, unsigned long addr)
{
	struct page *pages[4];
	struct bio_vec tmp[4];
	int ret, i;

	ret = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	if (ret != 4) {
		while (ret > 0)
			put_page(pages[--ret]); /* @release */
		return -EFAULT;
	}
	dma_map_page(ctx->dev, pages[0], 0, 4096, 0);
	bvec_set_page(&tmp[0], pages[0], 4096, 0);
	ctx->bvec = kmemdup(tmp, sizeof(tmp), GFP_KERNEL);
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_table_copied(struct ctx_table_copied *ctx)
{
	put_page(ctx->bvec[0].bv_page); /* @release */
}

void stop_table_copied(struct ctx_table_copied *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}
