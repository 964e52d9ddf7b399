// SPDX-License-Identifier: GPL-2.0-only
/* What takes the page goes on to where it is dropped. */
#include <linux/mm.h>

struct one_arm_ctx {
	struct page *page;
	dma_addr_t dma;
};

static int one_arm_take(struct one_arm_ctx *ctx, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page);
	if (ret != 1)
		return -EFAULT;
	ctx->dma = dma_map_page(NULL, ctx->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static void one_arm_drop(struct one_arm_ctx *ctx)
{
	put_page(ctx->page); /* @release */
}

static int one_arm_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct one_arm_ctx), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static long one_arm_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct one_arm_ctx *ctx = file->private_data;

	switch (cmd) {
	case 1:
		if (one_arm_take(ctx, arg))
			return -EFAULT;
		toy_wait(ctx->dma);
		fallthrough;
	case 2:
		one_arm_drop(ctx);
		return 0;
	}
	return -EINVAL;
}

const struct file_operations one_arm_fops = {
	.open = one_arm_open,
	.unlocked_ioctl = one_arm_ioctl,
};
