// SPDX-License-Identifier: GPL-2.0-only
/* declaration in a for head */
#include <linux/mm.h>

struct ctx_for_decl {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_for_decl(struct ctx_for_decl *ctx, unsigned long addr, int n)
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

void drop_for_decl(struct ctx_for_decl *ctx)
{
	for (int i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}

void drop_one_for_decl(struct ctx_for_decl *ctx)
{
	for (struct page *p = ctx->pages[0]; p; p = NULL)
		put_page(p); /* @release */
}

void stop_for_decl(struct ctx_for_decl *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}
