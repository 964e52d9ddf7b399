// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

#define VAT_PAGES	16

long vat_fill(struct vat *vat, char __user *buf, size_t len)
{
	unsigned int flags = 0;
	struct page *pages[VAT_PAGES];
	struct iov_iter iter;
	struct iovec iov;
	size_t start;
	ssize_t got;
	int i, n;

	if (import_single_range(READ, buf, len, &iov, &iter))
		return -EFAULT;
	if (vat->peers)
		flags |= FOLL_PCI_P2PDMA;
	got = iov_iter_get_pages(&iter, pages, len, VAT_PAGES, &start, flags);
	if (got <= 0)
		return got ? got : -EFAULT;
	n = DIV_ROUND_UP(got + start, PAGE_SIZE);
	for (i = 0; i < n; i++)
		dma_map_page(vat->dev, pages[i], 0, PAGE_SIZE, DMA_TO_DEVICE);
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	return got;
}
