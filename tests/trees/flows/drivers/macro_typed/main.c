// SPDX-License-Identifier: GPL-2.0-only
/* A macro for two types of object drops the page of either. */
#include <linux/mm.h>

#define typed_put(o) do { put_page((o)->page); (o)->page = NULL; } while (0) /* @blocks */

struct typed_user {
	struct page *page;
};

struct typed_own {
	struct page *page;
};

int typed_take(struct typed_user *o, unsigned long at)
{
	if (get_user_pages_fast(at, 1, FOLL_WRITE, &o->page) != 1)
		return -EFAULT;
	memset(page_address(o->page), 0, 4);
	typed_put(o);
	return 0;
}

int typed_make(struct typed_own *o)
{
	o->page = alloc_page(GFP_KERNEL);
	if (!o->page)
		return -ENOMEM;
	typed_put(o);
	return 0;
}
