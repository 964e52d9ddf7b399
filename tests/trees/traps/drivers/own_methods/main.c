// SPDX-License-Identifier: GPL-2.0-only
/* a table of the driver's own, which it calls through in the same call */
#include <linux/mm.h>

struct own_methods_lot {
	struct page *page;
};

static int take_own_methods(struct own_methods_lot *lot, unsigned long from)
{
	if (get_user_pages_fast(from, 1, FOLL_WRITE, &lot->page) != 1)
		return -EFAULT;
	dma_map_page(NULL, lot->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static void drop_own_methods(struct own_methods_lot *lot)
{
	put_page(lot->page); /* @release */
}

struct own_methods_ops {
	int (*begin)(struct own_methods_lot *lot, unsigned long from);
	void (*end)(struct own_methods_lot *lot);
};

static const struct own_methods_ops own_methods_plain = {
	.begin = take_own_methods,
	.end = drop_own_methods,
};

long ioctl_own_methods(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct own_methods_ops *ops = &own_methods_plain;

	if (ops->begin(file->private_data, arg))
		return -EFAULT;
	ops->end(file->private_data);
	return 0;
}
