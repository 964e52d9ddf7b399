// SPDX-License-Identifier: GPL-2.0-only
/* the array is behind what a function returns */
#include <linux/mm.h>

struct ctx_behind_result {
	struct page *also[4];
	struct device *dev;
	struct page **array;
};

static struct page ***array_behind_result(struct ctx_behind_result *ctx)
{
	return &ctx->array;
}

int take_behind_result(struct ctx_behind_result *ctx, unsigned long addr)
{
	struct page **pages = kcalloc(4, sizeof(*pages), GFP_KERNEL);
	int ret, i;

	ret = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	if (ret != 4) {
		while (ret > 0)
			put_page(pages[--ret]); /* @release */
		return -EFAULT;
	}
	dma_map_page(ctx->dev, pages[0], 0, 4096, 0);
	*array_behind_result(ctx) = pages;
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_behind_result(struct ctx_behind_result *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->array[i]); /* @release */
}

void stop_behind_result(struct ctx_behind_result *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}
