// SPDX-License-Identifier: GPL-2.0-only
/* two declarators in one declaration */
#include <linux/mm.h>

struct ctx_decl_two {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_decl_two(struct ctx_decl_two *ctx, unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < n) {
		for (i = 0; i < ret; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	for (i = 0; i < n; i++)
		ctx->pages[i] = pages[i];
	ctx->n = n;
	return 0;
}

void drop_decl_two(struct ctx_decl_two *ctx)
{
	struct page *p = ctx->pages[0], *q = ctx->pages[1];

	put_page(p); /* @release */
	put_page(q); /* @release */
}

void stop_decl_two(struct ctx_decl_two *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}

const struct toy_operations decl_two_ops = {
	.take = take_decl_two,
	.drop = drop_decl_two,
	.stop = stop_decl_two,
};
