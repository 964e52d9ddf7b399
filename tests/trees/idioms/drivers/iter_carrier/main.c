// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

static ssize_t iter_carrier_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct page *pages[16];
	size_t off;
	ssize_t got;
	int n, i;

	got = iov_iter_get_pages2(to, pages, PAGE_SIZE * 16, 16, &off); /* @blocks */
	if (got <= 0)
		return -EFAULT;
	iter_carrier_other(to);
	n = DIV_ROUND_UP(got + off, PAGE_SIZE);
	for (i = 0; i < n; i++)
		dma_map_page(NULL, pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @release */
	return 0;
}

static const struct file_operations iter_carrier_fops = {
	.read_iter = iter_carrier_read,
};
