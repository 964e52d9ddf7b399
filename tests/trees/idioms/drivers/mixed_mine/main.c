// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct mixed_mine_obj {
	struct page *page;
	int type;
	bool user;
};

int mixed_mine_take(struct mixed_mine_obj *obj, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &obj->page);
	if (ret != 1)
		return -EFAULT;
	obj->user = true;
	dma_map_page(NULL, obj->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

int mixed_mine_make(struct mixed_mine_obj *obj)
{
	obj->page = alloc_page(GFP_KERNEL);
	obj->user = false;
	return 0;
}

void mixed_mine_drop(struct mixed_mine_obj *obj)
{
	if (obj->user)
		put_page(obj->page); /* @release */
	else
		__free_page(obj->page); /* @left */
}

const struct toy_operations mixed_mine_ops = {
	.take = mixed_mine_take,
	.make = mixed_mine_make,
	.drop = mixed_mine_drop,
};
