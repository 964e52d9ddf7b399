// SPDX-License-Identifier: GPL-2.0-only
/* the flag of a reused object is never cleared */
#include <linux/mm.h>

struct stale_flag_obj {
	struct page *page;
	int type;
	bool user;
};

int stale_flag_take(struct stale_flag_obj *obj, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &obj->page);
	if (ret != 1)
		return -EFAULT;
	obj->user = true;
	dma_map_page(NULL, obj->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

int stale_flag_make(struct stale_flag_obj *obj)
{
	obj->page = alloc_page(GFP_KERNEL);
	return 0;
}

void stale_flag_drop(struct stale_flag_obj *obj)
{
	if (obj->user)
		put_page(obj->page); /* @mixed */
	else
		__free_page(obj->page);
}
