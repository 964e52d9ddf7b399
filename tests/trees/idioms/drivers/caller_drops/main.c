// SPDX-License-Identifier: GPL-2.0-only
/* The pages stand in the device, but only while one call lasts. */
#include <linux/mm.h>

struct caller_drops_dev {
	struct page *pages[16];
	int nr;
	dma_addr_t dma;
};

static int caller_drops_pin(struct page **pages, unsigned long start, int nr)
{
	int got = get_user_pages_fast(start, nr, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	return got;
}

static void caller_drops_unpin(struct caller_drops_dev *dev)
{
	int i;

	for (i = 0; i < dev->nr; i++)
		put_page(dev->pages[i]); /* @release */
	dev->nr = 0;
}

static int caller_drops_transfer(struct caller_drops_dev *dev,
				 unsigned long start)
{
	int got;

	got = caller_drops_pin(dev->pages, start, 16);
	if (got < 0)
		return got;
	dev->nr = got;
	toy_write(page_to_phys(dev->pages[0]), got);
	caller_drops_unpin(dev);
	return 0;
}

ssize_t caller_drops_read(struct file *file, unsigned long start)
{
	return caller_drops_transfer(file->private_data, start);
}

ssize_t caller_drops_write(struct file *file, unsigned long start)
{
	return caller_drops_transfer(file->private_data, start);
}
