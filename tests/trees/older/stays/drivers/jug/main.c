// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

long jug_pour(struct device *dev, char __user *buf, size_t len)
{
	struct iov_iter iter;
	struct iovec iov;
	struct page **pages;
	size_t start;
	ssize_t got;
	int i, n;

	if (import_single_range(READ, buf, len, &iov, &iter))
		return -EFAULT;
	got = iov_iter_get_pages_alloc(&iter, &pages, len, &start);
	if (got < 0)
		return got;
	n = DIV_ROUND_UP(got + start, PAGE_SIZE);
	for (i = 0; i < n; i++)
		dma_map_page(dev, pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	kvfree(pages);
	return got;
}
