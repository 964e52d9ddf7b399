// SPDX-License-Identifier: GPL-2.0-only
/* what drops the page is called by its address as well as at the close */
#include <linux/mm.h>

struct address_passed_lot {
	struct page *page;
};

int take_address_passed(struct address_passed_lot *lot, unsigned long from)
{
	if (get_user_pages_fast(from, 1, FOLL_WRITE, &lot->page) != 1)
		return -EFAULT;
	dma_map_page(NULL, lot->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

static void drop_address_passed(struct address_passed_lot *lot)
{
	put_page(lot->page); /* @release */
}

long ioctl_address_passed(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	void (*after)(struct address_passed_lot *lot) = drop_address_passed;

	if (take_address_passed(file->private_data, arg))
		return -EFAULT;
	toy_when_idle(after, file->private_data);
	return 0;
}

int close_address_passed(struct inode *inode, struct file *file)
{
	drop_address_passed(file->private_data);
	return 0;
}

const struct file_operations address_passed_fops = {
	.unlocked_ioctl = ioctl_address_passed,
	.release = close_address_passed,
};
