// SPDX-License-Identifier: GPL-2.0-only
/* a bio leads back to the table */
#include <linux/mm.h>

struct ctx_bio_table {
	struct page *also[4];
	struct device *dev;
	struct bio_vec bvec[4];
	struct bio bio;
};

int take_bio_table(struct ctx_bio_table *ctx, unsigned long addr)
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
	bio_init(&ctx->bio, NULL, ctx->bvec, 4, 0);
	for (i = 0; i < 4; i++)
		bvec_set_page(&ctx->bvec[i], pages[i], 4096, 0);
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_bio_table(struct ctx_bio_table *ctx)
{
	struct bvec_iter_all all;
	struct bio_vec *bvec;

	bio_for_each_segment_all(bvec, &ctx->bio, all)
		put_page(bvec->bv_page); /* @release */
}

void stop_bio_table(struct ctx_bio_table *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}
