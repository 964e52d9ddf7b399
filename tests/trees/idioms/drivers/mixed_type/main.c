// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct mixed_type_obj {
	struct page *page;
	int type;
	int owned;
};

int mixed_type_take(struct mixed_type_obj *obj, unsigned long addr)
{
	int ret;

	if (obj->type != TOY_USER)
		return -EINVAL;
	ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &obj->page);
	if (ret != 1)
		return -EFAULT;
	dma_map_page(NULL, obj->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	return 0;
}

int mixed_type_make(struct mixed_type_obj *obj)
{
	if (obj->type != TOY_KERNEL)
		return -EINVAL;
	obj->page = alloc_page(GFP_KERNEL);
	return 0;
}

void mixed_type_drop(struct mixed_type_obj *obj)
{
	if (obj->type == TOY_USER)
		put_page(obj->page); /* @release */
	if (obj->type == TOY_KERNEL)
		put_page(obj->page); /* @left */
}

const struct toy_operations mixed_type_ops = {
	.take = mixed_type_take,
	.make = mixed_type_make,
	.drop = mixed_type_drop,
};
