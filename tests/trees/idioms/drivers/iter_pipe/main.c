// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

int iter_pipe_go(struct iov_iter *iter)
{
	struct page *pages[16];
	size_t off;
	ssize_t got;
	int n, i;

	if (!iov_iter_is_pipe(iter))
		return -EINVAL;
	got = iov_iter_get_pages2(iter, pages, PAGE_SIZE * 16, 16, &off);
	if (got <= 0)
		return -EFAULT;
	n = DIV_ROUND_UP(got + off, PAGE_SIZE);
	for (i = 0; i < n; i++)
		dma_map_page(NULL, pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	return 0;
}
