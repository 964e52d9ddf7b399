// SPDX-License-Identifier: GPL-2.0-only
/* only a macro calls what drops the page, in the call that took it */
#include <linux/mm.h>

#define WITH_CALLED_BY_MACRO(lot, from) \
	(take_called_by_macro(lot, from) ? -EFAULT : \
	 (drop_called_by_macro(lot), 0))

struct called_by_macro_lot {
	struct page *page;
};

static int take_called_by_macro(struct called_by_macro_lot *lot, unsigned long from)
{
	if (get_user_pages_fast(from, 1, FOLL_WRITE, &lot->page) != 1)
		return -EFAULT;
	dma_map_page(NULL, lot->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static void drop_called_by_macro(struct called_by_macro_lot *lot)
{
	put_page(lot->page); /* @release */
}

long ioctl_called_by_macro(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	return WITH_CALLED_BY_MACRO(file->private_data, arg);
}

int close_called_by_macro(struct inode *inode, struct file *file)
{
	drop_called_by_macro(file->private_data);
	return 0;
}

const struct file_operations called_by_macro_fops = {
	.unlocked_ioctl = ioctl_called_by_macro,
	.release = close_called_by_macro,
};
