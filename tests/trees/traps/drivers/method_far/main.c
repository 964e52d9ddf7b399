// SPDX-License-Identifier: GPL-2.0-only
/* the method stands in another folder */
#include "ops.h"

static int method_far_grab(unsigned long addr, struct page **pages)
{
	int got = get_user_pages_fast(addr, 4, FOLL_WRITE | FOLL_LONGTERM,
				      pages);

	if (got < 4) {
		while (got > 0)
			put_page(pages[--got]); /* @release */
		return -EFAULT;
	}
	return 0;
}

static int method_far_probe(unsigned long addr)
{
	struct page *pages[4];
	int k;

	if (method_far_grab(addr, pages))
		return -EFAULT;
	for (k = 0; k < 4; k++) {
		dma_map_page(NULL, pages[k], 0, 4096, 0);
		set_page_dirty_lock(pages[k]);
		put_page(pages[k]); /* @release */
	}
	return 0;
}

static int method_far_set(struct method_far_dev *dev, unsigned long addr)
{
	struct page *pages[4];
	struct scatterlist *table;
	int k;

	table = kcalloc(4, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	if (method_far_grab(addr, pages)) {
		kfree(table);
		return -EFAULT;
	}
	for (k = 0; k < 4; k++)
		sg_set_page(&table[k], pages[k], PAGE_SIZE, 0);
	dev->kept = dev->ops->keep(table, 4);
	if (!dev->kept) {
		for (k = 0; k < 4; k++)
			put_page(sg_page(&table[k])); /* @release */
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

static int method_far_open(struct inode *inode, struct file *file)
{
	struct method_far_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return -ENOMEM;
	dev->ops = &method_far_keeper_ops;
	file->private_data = dev;
	return 0;
}

static long method_far_ioctl(struct file *file, unsigned int cmd,
			     unsigned long addr)
{
	if (cmd)
		return method_far_probe(addr);
	return method_far_set(file->private_data, addr);
}

static int method_far_close(struct inode *inode, struct file *file)
{
	struct method_far_dev *dev = file->private_data;

	if (dev->kept)
		dev->ops->drop(dev->kept);
	kfree(dev);
	return 0;
}

static const struct file_operations method_far_fops = {
	.open = method_far_open,
	.unlocked_ioctl = method_far_ioctl,
	.release = method_far_close,
};
