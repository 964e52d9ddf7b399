// SPDX-License-Identifier: GPL-2.0-only
/* One ioctl takes the page, another one or the last close drops it. */
#include <linux/mm.h>

struct two_arms_ctx {
	struct page *page;
	dma_addr_t dma;
};

static int two_arms_take(struct two_arms_ctx *ctx, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &ctx->page);
	if (ret != 1)
		return -EFAULT;
	ctx->dma = dma_map_page(NULL, ctx->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static void two_arms_drop(struct two_arms_ctx *ctx)
{
	put_page(ctx->page); /* @release */
}

static int two_arms_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct two_arms_ctx), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static long two_arms_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	struct two_arms_ctx *ctx = file->private_data;
	int ret = -EINVAL;

	switch (cmd) {
	case 1:
		ret = two_arms_take(ctx, arg);
		break;
	case 2:
	case 3:
		two_arms_drop(ctx);
		ret = 0;
		break;
	default:
		break;
	}
	return ret;
}

static long two_arms_compat(struct file *file, unsigned int cmd,
			    unsigned long arg)
{
	return two_arms_ioctl(file, cmd, arg);
}

static int two_arms_close(struct inode *inode, struct file *file)
{
	two_arms_drop(file->private_data);
	return 0;
}

const struct file_operations two_arms_fops = {
	.open = two_arms_open,
	.unlocked_ioctl = two_arms_ioctl,
	.compat_ioctl = two_arms_compat,
	.release = two_arms_close,
};
