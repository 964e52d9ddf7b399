// SPDX-License-Identifier: GPL-2.0-only
/* a descriptor goes by value through a queue that only has a name */
#include <linux/kfifo.h>
#include <linux/mm.h>

struct toy_copied_fifo {
	struct page *page;
	u32 length;
};

struct ctx_copied_fifo {
	DECLARE_KFIFO(queue, struct toy_copied_fifo, 32);
	struct device *dev;
};

int take_copied_fifo(struct ctx_copied_fifo *ctx, unsigned long addr)
{
	struct toy_copied_fifo desc = { .length = 4096 };
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &desc.page);
	if (ret < 1)
		return ret ? ret : -EFAULT;
	if (!kfifo_put(&ctx->queue, desc)) {
		put_page(desc.page); /* @release */
		return -EBUSY;
	}
	return dma_map_page(ctx->dev, desc.page, 0, 4096, 0) ? 0 : -EIO;
}

void drop_copied_fifo(struct ctx_copied_fifo *ctx)
{
	struct toy_copied_fifo desc;

	while (kfifo_get(&ctx->queue, &desc))
		put_page(desc.page); /* @release */
}

const struct toy_operations copied_fifo_ops = {
	.take = take_copied_fifo,
	.drop = drop_copied_fifo,
};
