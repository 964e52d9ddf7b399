// SPDX-License-Identifier: GPL-2.0-only
/* A device that only reads the pages, and one that may write to them. */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct bells {
	struct device *dev;
	struct scatterlist read_sg;
	dma_addr_t at;
};

int bells_read(struct bells *bells, unsigned long at)
{
	struct page *page;

	if (pin_user_pages_fast(at, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	sg_set_page(&bells->read_sg, page, PAGE_SIZE, 0);
	if (!dma_map_sg(bells->dev, &bells->read_sg, 1, DMA_TO_DEVICE)) {
		unpin_user_page(page);
		return -EIO;
	}
	return 0;
}

void bells_unread(struct bells *bells)
{
	dma_unmap_sg(bells->dev, &bells->read_sg, 1, DMA_TO_DEVICE);
	unpin_user_page(sg_page(&bells->read_sg));
}

int bells_page(struct bells *bells, unsigned long at)
{
	struct page *page;

	if (pin_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	bells->at = dma_map_page(bells->dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE);
	bells_ring(bells);
	dma_unmap_page(bells->dev, bells->at, PAGE_SIZE, DMA_TO_DEVICE);
	unpin_user_page(page);
	return 0;
}

int bells_both(struct bells *bells, unsigned long at)
{
	struct page *page;

	if (pin_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	bells->at = dma_map_page(bells->dev, page, 0, PAGE_SIZE,
				 DMA_BIDIRECTIONAL);
	bells_ring(bells);
	dma_unmap_page(bells->dev, bells->at, PAGE_SIZE, DMA_BIDIRECTIONAL);
	unpin_user_page(page);	/* @not-dirtied */
	return 0;
}
