// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

static void lay_free(struct page **pages, int nr)
{
	unpin_user_pages(pages, nr);
	kvfree(pages);
}

void *lay_ring(struct page ***out, int *nout, unsigned long addr, int nr)
{
	struct page **pages;
	void *virt;
	int ret, i, pinned;

	*nout = 0;
	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	pinned = pin_user_pages_fast(addr, nr, FOLL_LONGTERM, pages);
	if (pinned != nr) {
		ret = pinned < 0 ? pinned : -EFAULT;
		goto free;
	}
	virt = page_address(pages[0]);
	ret = -EINVAL;
	for (i = 0; i < nr; i++) {
		if (PageHighMem(pages[i]))
			goto free;
		if (page_address(pages[i]) != virt)
			goto free;
		virt += PAGE_SIZE;
	}
	*out = pages;
	*nout = nr;
	return page_to_virt(pages[0]);

free:
	lay_free(pages, pinned > 0 ? pinned : 0);
	return ERR_PTR(ret);
}

void unlay_ring(struct page **pages, int nr)
{
	lay_free(pages, nr);
}
