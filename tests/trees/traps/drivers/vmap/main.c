// SPDX-License-Identifier: GPL-2.0-only
/* vmap'd, released via vmalloc_to_page */
#include <linux/mm.h>

struct ctx_vmap {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_vmap(struct ctx_vmap *ctx, unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < n) {
		for (i = 0; i < ret; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	ctx->vaddr = vmap(pages, n, 0, 0);
	ctx->n = n;
	return 0;
}

void drop_vmap(struct ctx_vmap *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(vmalloc_to_page(ctx->vaddr + 4096 * i)); /* @release */
}
