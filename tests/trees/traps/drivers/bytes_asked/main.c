// SPDX-License-Identifier: GPL-2.0-only
/* How many pages there are is told from the bytes that were asked for. */
#include <linux/mm.h>
#include <linux/uio.h>

int bytes_asked_send(struct toy *toy, const struct iovec *vec, size_t len)
{
	struct page *pages[16];
	struct iov_iter iter;
	size_t first;
	int i, n;

	iov_iter_init(&iter, WRITE, vec, 1, len);
	if (iov_iter_get_pages2(&iter, pages, len, 16, &first) < 0)	/* @leak, @short */
		return -EFAULT;
	n = DIV_ROUND_UP(first + len, PAGE_SIZE);
	for (i = 0; i < n; i++)
		dma_map_page(toy->dev, pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
	toy_wait(toy);
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	return 0;
}
