// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

static void map_free(struct page **pages, int nr)
{
	unpin_user_pages(pages, nr);
	kvfree(pages);
}

void *map_ring(struct page ***out, int *nout, unsigned long addr, int nr)
{
	struct page **pages;
	void *virt;
	int ret, i;

	*nout = 0;
	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	ret = pin_user_pages_fast(addr, nr, FOLL_LONGTERM, pages);
	if (ret != nr) {
err:
		map_free(pages, ret > 0 ? ret : 0);
		return ret < 0 ? ERR_PTR(ret) : ERR_PTR(-EFAULT);
	}
	virt = page_address(pages[0]);
	ret = -EINVAL;
	for (i = 0; i < nr; i++) {
		if (PageHighMem(pages[i]))
			goto err;	/* @leak-error */
		if (page_address(pages[i]) != virt)
			goto err;	/* @leak-error */
		virt += PAGE_SIZE;
	}
	*out = pages;
	*nout = nr;
	return page_to_virt(pages[0]);
}

void unmap_ring(struct page **pages, int nr)
{
	map_free(pages, nr);
}
