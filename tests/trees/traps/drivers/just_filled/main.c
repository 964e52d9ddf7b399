// SPDX-License-Identifier: GPL-2.0-only
/* another page put into slot 0, then all released */
#include <linux/mm.h>

struct ctx_just_filled {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_just_filled(struct ctx_just_filled *ctx, unsigned long addr, int n)
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

void drop_just_filled(struct ctx_just_filled *ctx)
{
	int i;

	ctx->pages[0] = alloc_page(GFP_KERNEL);
	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @mixed */
}

void stop_just_filled(struct ctx_just_filled *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}
