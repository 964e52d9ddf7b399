// SPDX-License-Identifier: GPL-2.0-only
/* array duplicated */
#include <linux/mm.h>

struct ctx_kmemdup {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_kmemdup(struct ctx_kmemdup *ctx, unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < n) {
		for (i = 0; i < ret; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	ctx->private = kmemdup(pages, n * sizeof(*pages), GFP_KERNEL);
	ctx->n = n;
	return 0;
}

void drop_kmemdup(struct ctx_kmemdup *ctx)
{
	struct page **pages = ctx->private;
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(pages[i]); /* @release */
}
