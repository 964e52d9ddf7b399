// SPDX-License-Identifier: GPL-2.0-only
/* as leak_table, but for what happens to the pages */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct ctx_unwound_table {
	struct page **pages;
	struct sg_table sgt;
};

int take_unwound_table(struct ctx_unwound_table *ctx, unsigned long addr,
			   int n)
{
	int got, ret;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, ctx->pages);
	if (got != n) {
		while (got > 0)
			put_page(ctx->pages[--got]); /* @release */
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&ctx->sgt, ctx->pages, n, 0, n << 12, 0);
	if (ret) {
		while (got > 0)
			put_page(ctx->pages[--got]); /* @release */
		return ret;
	}
	return 0;
}

void drop_unwound_table(struct ctx_unwound_table *ctx, int n)
{
	sg_free_table(&ctx->sgt);
	while (n--)
		put_page(ctx->pages[n]); /* @release */
}

const struct toy_operations unwound_table_ops = {
	.take = take_unwound_table,
	.drop = drop_unwound_table,
};
