// SPDX-License-Identifier: GPL-2.0-only
/* release inside a do-while condition */
#include <linux/mm.h>

struct ctx_do_while_cond {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_do_while_cond(struct ctx_do_while_cond *ctx, unsigned long addr, int n)
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

static int give_back_do_while_cond(struct page *p)
{
	put_page(p); /* @release */
	return 0;
}

void drop_do_while_cond(struct ctx_do_while_cond *ctx)
{
	int i = 0;

	do {
		i++;
	} while (!give_back_do_while_cond(ctx->pages[i]));
}

void stop_do_while_cond(struct ctx_do_while_cond *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}
