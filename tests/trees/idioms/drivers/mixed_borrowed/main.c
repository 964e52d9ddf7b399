// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct mixed_borrowed_obj {
	struct page *page;
	int type;
	int borrowed;
};

int mixed_borrowed_take(struct mixed_borrowed_obj *obj, unsigned long addr)
{
	int ret;

	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &obj->page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(NULL, obj->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

int mixed_borrowed_make(struct mixed_borrowed_obj *obj)
{
	obj->page = toy_cached(obj->type);
	obj->borrowed = 1;
	return 0;
}

void mixed_borrowed_drop(struct mixed_borrowed_obj *obj)
{
	if (!obj->borrowed)
		put_page(obj->page); /* @release */
}

const struct toy_operations mixed_borrowed_ops = {
	.take = mixed_borrowed_take,
	.make = mixed_borrowed_make,
	.drop = mixed_borrowed_drop,
};
