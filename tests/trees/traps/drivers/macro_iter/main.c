// SPDX-License-Identifier: GPL-2.0-only
/* iterator macro that hides the member */
#include <linux/mm.h>

struct ctx_macro_iter {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_macro_iter(struct ctx_macro_iter *ctx, unsigned long addr, int n)
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

#define for_each_held_macro_iter(p, c, i) for (i = 0, p = (c)->pages[0]; i < (c)->n; p = (c)->pages[++i])
void drop_macro_iter(struct ctx_macro_iter *ctx)
{
	struct page *p;
	int i;

	for_each_held_macro_iter(p, ctx, i)
		put_page(p); /* @release */
}

void stop_macro_iter(struct ctx_macro_iter *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}
