// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct grab_dma {
	int direction;
	int nr;
	struct page **pages;
};

int grab_init_user(struct grab_dma *dma, int direction, unsigned long addr,
		  int nr)
{
	unsigned int flags = FOLL_FORCE | FOLL_LONGTERM;
	int err;

	dma->direction = direction;
	dma->nr = nr;
	if (direction == DMA_FROM_DEVICE)
		flags |= FOLL_WRITE;
	dma->pages = kmalloc_array(nr, sizeof(*dma->pages), GFP_KERNEL);
	if (!dma->pages)
		return -ENOMEM;
	mmap_read_lock(current->mm);
	err = pin_user_pages(addr, nr, flags, dma->pages, NULL);
	mmap_read_unlock(current->mm);
	if (err != nr) {
		if (err > 0)
			unpin_user_pages(dma->pages, err);
		kfree(dma->pages);
		return err < 0 ? err : -EINVAL;
	}
	return 0;
}

void grab_free(struct grab_dma *dma)
{
	unpin_user_pages_dirty_lock(dma->pages, dma->nr,
				    dma->direction == DMA_FROM_DEVICE);
	kfree(dma->pages);
	dma->pages = NULL;
	dma->direction = DMA_NONE;
}
