// SPDX-License-Identifier: GPL-2.0-only
/* no type says that a member points to pages */
#include <linux/mm.h>

struct ctx_void_array {
	struct page *also[4];
	struct device *dev;
	void *private;
};

int take_void_array(struct ctx_void_array *ctx, unsigned long addr)
{
	struct page **pages = ctx->private;
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

void drop_void_array(struct ctx_void_array *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(((struct page **)ctx->private)[i]); /* @release */
}

void stop_void_array(struct ctx_void_array *ctx)
{
	int i;

	for (i = 0; i < 4; i++)
		put_page(ctx->also[i]); /* @release */
}

const struct toy_operations void_array_ops = {
	.take = take_void_array,
	.drop = drop_void_array,
	.stop = stop_void_array,
};
