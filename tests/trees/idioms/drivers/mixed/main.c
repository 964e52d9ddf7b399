// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct mixed_obj {
	struct page *page;
	int type;
	int owned;
};

int mixed_take(struct mixed_obj *obj, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &obj->page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(NULL, obj->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

int mixed_make(struct mixed_obj *obj)
{
	obj->page = alloc_page(GFP_KERNEL);
	return 0;
}

void mixed_drop(struct mixed_obj *obj)
{
	put_page(obj->page); /* @release @blocks */
}
