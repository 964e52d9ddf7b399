// SPDX-License-Identifier: GPL-2.0-only
/* As bytes_asked, told from the bytes that came. */
#include <linux/mm.h>
#include <linux/uio.h>

int bytes_taken_send(struct toy *toy, const struct iovec *vec, size_t len)
{
	struct page *pages[16];
	struct iov_iter iter;
	size_t first;
	ssize_t bytes;
	int i, n;

	iov_iter_init(&iter, WRITE, vec, 1, len);
	bytes = iov_iter_get_pages2(&iter, pages, len, 16, &first);
	if (bytes < 0)
		return bytes;
	n = DIV_ROUND_UP(first + bytes, PAGE_SIZE);
	for (i = 0; i < n; i++)
		dma_map_page(toy->dev, pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
	toy_wait(toy);
	for (i = 0; i < n; i++)
		put_page(pages[i]);	/* @release */
	return 0;
}
