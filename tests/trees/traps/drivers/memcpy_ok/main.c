// SPDX-License-Identifier: GPL-2.0-only
/* same by assignment in a loop: baseline */
#include <linux/mm.h>

struct ctx_memcpy_ok {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_memcpy_ok(struct ctx_memcpy_ok *ctx, unsigned long addr, int n)
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

void drop_memcpy_ok(struct ctx_memcpy_ok *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}

void stop_memcpy_ok(struct ctx_memcpy_ok *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}

const struct toy_operations memcpy_ok_ops = {
	.take = take_memcpy_ok,
	.drop = drop_memcpy_ok,
	.stop = stop_memcpy_ok,
};
