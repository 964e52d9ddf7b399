// SPDX-License-Identifier: GPL-2.0-only
/* array copied by memcpy, released from the copy */
#include <linux/mm.h>

struct ctx_memcpy {
	struct page *page;
	struct page *pages[8];
	int n;
	int mapped;
	unsigned long cookie;
	void *vaddr;
	void *private;
	struct list_head list;
};

int take_memcpy(struct ctx_memcpy *ctx, unsigned long addr, int n)
{
	struct page *pages[8];
	int ret, i;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);
	if (ret < n) {
		for (i = 0; i < ret; i++)
			put_page(pages[i]); /* @release */
		return -EFAULT;
	}
	dma_map_page(NULL, pages[0], 0, 4096, 0);
	memcpy(ctx->pages, pages, n * sizeof(*pages));
	ctx->n = n;
	return 0;
}

void drop_memcpy(struct ctx_memcpy *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}

void stop_memcpy(struct ctx_memcpy *ctx)
{
	int i;

	for (i = 0; i < ctx->n; i++)
		put_page(ctx->pages[i]); /* @release */
}
