// SPDX-License-Identifier: GPL-2.0-only
/* one ioctl takes, the last close drops, by a function of two forms */
#include <linux/mm.h>

struct closed_late_lot {
	struct page *page;
};

#ifdef CONFIG_TOY_NONCOHERENT
static void drop_closed_late(struct closed_late_lot *lot)
{
	flush_dcache_page(lot->page);
	put_page(lot->page); /* @release */
}
#else
static void drop_closed_late(struct closed_late_lot *lot)
{
	put_page(lot->page); /* @release */
}
#endif

static long ioctl_closed_late(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	struct closed_late_lot *lot = file->private_data;

	if (get_user_pages_fast(arg, 1, FOLL_WRITE, &lot->page) != 1)
		return -EFAULT;
	dma_map_page(NULL, lot->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static int close_closed_late(struct inode *inode, struct file *file)
{
	drop_closed_late(file->private_data);
	return 0;
}

const struct file_operations closed_late_fops = {
	.unlocked_ioctl = ioctl_closed_late,
	.release = close_closed_late,
};
