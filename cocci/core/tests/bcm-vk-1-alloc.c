// SPDX-License-Identifier: GPL-2.0-only
static int bcm_vk_dma_alloc(struct device *dev, struct bcm_vk_dma *dma, int n)
{
	int err, i;

	dma->pages = kmalloc_objs(struct page *, n);
	if (!dma->pages)
		return -ENOMEM;

	err = take(dma, n);
	if (err != dma->nr_pages) {
		dma->nr_pages = err > 0 ? err : 0;
		return err < 0 ? err : -EINVAL;
	}

	dma->sglist = list(dev);
	if (!dma->sglist)
		return -ENOMEM;

	sg_addr = map(dev, dma->pages[0]);
	if (unlikely(dma_mapping_error(dev, sg_addr))) {
		__free_page(dma->pages[0]);
		return -EIO;
	}
	for (i = 1; i < dma->nr_pages; i++) {
		addr = map(dev, dma->pages[i]);
		if (unlikely(dma_mapping_error(dev, addr))) {
			__free_page(dma->pages[i]);
			return -EIO;
		}
	}

	return 0;
}
