// SPDX-License-Identifier: GPL-2.0-only
/* The caller drops the pages where it fails, else the last close does. */
#include <linux/mm.h>

struct caller_fails_dev {
	struct page *pages[16];
	int nr;
	dma_addr_t dma;
};

static int caller_fails_pin(struct page **pages, unsigned long start, int nr)
{
	int got = get_user_pages_fast(start, nr, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	return got;
}

static void caller_fails_unpin(struct caller_fails_dev *dev)
{
	int i;

	for (i = 0; i < dev->nr; i++)
		put_page(dev->pages[i]); /* @release */
	dev->nr = 0;
}

static int caller_fails_map(struct caller_fails_dev *dev, unsigned long start)
{
	int got, ret;

	got = caller_fails_pin(dev->pages, start, 16);
	if (got < 0)
		return got;
	dev->nr = got;
	dev->dma = dma_map_page(NULL, dev->pages[0], 0, PAGE_SIZE, 0);
	if (dma_mapping_error(NULL, dev->dma)) {
		ret = -EIO;
		goto unpin;
	}
	return 0;
unpin:
	caller_fails_unpin(dev);
	return ret;
}

long caller_fails_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return caller_fails_map(file->private_data, arg);
}

int caller_fails_close(struct inode *inode, struct file *file)
{
	caller_fails_unpin(file->private_data);
	return 0;
}

const struct toy_operations caller_fails_ops = {
	.ioctl = caller_fails_ioctl,
	.close = caller_fails_close,
};
