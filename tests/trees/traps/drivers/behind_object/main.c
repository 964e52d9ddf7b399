// SPDX-License-Identifier: GPL-2.0-only
/* the array lies in the memory behind the object */
#include <linux/mm.h>

struct ctx_behind_object {
	struct page *also[4];
	struct device *dev;
	int n;
};

int take_behind_object(struct ctx_behind_object *ctx, unsigned long addr)
{
	struct page **pages = (struct page **)(ctx + 1);
	int ret, i;

	ret = get_user_pages_fast(addr, 4, FOLL_WRITE, pages);
	if (ret != 4) {
		while (ret > 0)
			put_page(pages[--ret]); /* @release */
		return -EFAULT;
	}
	dma_map_page(ctx->dev, pages[0], 0, 4096, 0);
	;
	for (i = 0; i < 4; i++)
		ctx->also[i] = pages[i];
	return 0;
}

void drop_behind_object(struct ctx_behind_object *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(((struct page **)(ctx + 1))[i]); /* @release */
}

void stop_behind_object(struct ctx_behind_object *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}
