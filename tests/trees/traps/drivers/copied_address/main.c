// SPDX-License-Identifier: GPL-2.0-only
/* as copied_fifo, but the queue is told where to copy from and to */
#include <linux/kfifo.h>
#include <linux/mm.h>

struct toy_copied_address {
	struct page *page;
	u32 length;
};

struct ctx_copied_address {
	DECLARE_KFIFO(queue, struct toy_copied_address, 32);
	struct device *dev;
};

int take_copied_address(struct ctx_copied_address *ctx, unsigned long addr)
{
	struct toy_copied_address desc = { .length = 4096 };
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &desc.page);
	if (ret < 1)
		return ret ? ret : -EFAULT;
	if (!kfifo_in(&ctx->queue, &desc, 1)) {
		put_page(desc.page); /* @release */
		return -EBUSY;
	}
	return dma_map_page(ctx->dev, desc.page, 0, 4096, 0) ? 0 : -EIO;
}

void drop_copied_address(struct ctx_copied_address *ctx)
{
	struct toy_copied_address *desc = kmalloc(sizeof(*desc), GFP_KERNEL);

	while (kfifo_out(&ctx->queue, desc, 1))
		put_page(desc->page); /* @release */
	kfree(desc);
}

const struct toy_operations copied_address_ops = {
	.take = take_copied_address,
	.drop = drop_copied_address,
};
