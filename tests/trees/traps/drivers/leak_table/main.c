// SPDX-License-Identifier: GPL-2.0-only
/* the table cannot be made, and the pages stay behind */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct ctx_leak_table {
	struct page **pages;
	struct sg_table sgt;
};

int take_leak_table(struct ctx_leak_table *ctx, unsigned long addr, int n)
{
	int got, ret;

	got = get_user_pages_fast(addr, n, FOLL_WRITE | FOLL_LONGTERM,
				  ctx->pages);
	if (got != n) {
		while (got > 0)
			put_page(ctx->pages[--got]); /* @release */
		return -EFAULT;
	}
	ret = sg_alloc_table_from_pages(&ctx->sgt, ctx->pages, n, 0, n << 12, 0);
	if (ret)
		return ret; /* @leak */
	return 0;
}

void drop_leak_table(struct ctx_leak_table *ctx, int n)
{
	sg_free_table(&ctx->sgt);
	while (n--)
		put_page(ctx->pages[n]); /* @release */
}
