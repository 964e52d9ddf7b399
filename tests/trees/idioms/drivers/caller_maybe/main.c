// SPDX-License-Identifier: GPL-2.0-only
/* The caller drops the pages now or leaves them to the next call. */
#include <linux/mm.h>

struct caller_maybe_dev {
	struct page *pages[16];
	int nr;
	dma_addr_t dma;
};

static int caller_maybe_pin(struct page **pages, unsigned long start, int nr)
{
	int got = get_user_pages_fast(start, nr, FOLL_WRITE, pages);

	if (got <= 0)
		return -EFAULT;
	return got;
}

static void caller_maybe_unpin(struct caller_maybe_dev *dev)
{
	int i;

	for (i = 0; i < dev->nr; i++)
		put_page(dev->pages[i]); /* @release @blocks */
	dev->nr = 0;
}

long caller_maybe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct caller_maybe_dev *dev = file->private_data;
	int got;

	if (dev->nr)
		caller_maybe_unpin(dev);
	got = caller_maybe_pin(dev->pages, arg, 16);
	if (got < 0)
		return got;
	dev->nr = got;
	toy_write(page_to_phys(dev->pages[0]), got);
	return 0;
}
