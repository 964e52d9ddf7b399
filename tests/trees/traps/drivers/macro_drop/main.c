// SPDX-License-Identifier: GPL-2.0-only
/* what drops is hidden in a macro that takes the whole object */
#include <linux/mm.h>

#define DROP_ALL_MACRO_DROP(o) do {			\
	while ((o)->n > 0)				\
		put_page((o)->pages[--(o)->n]); /* @mixed */	\
} while (0)

struct obj_macro_drop {
	struct page *pages[8];
	int n;
};

int take_macro_drop(struct obj_macro_drop *obj, unsigned long addr)
{
	obj->n = get_user_pages_fast(addr, 8, FOLL_WRITE, obj->pages);
	if (obj->n < 8) {
		while (obj->n > 0)
			put_page(obj->pages[--obj->n]); /* @release */
		return -EFAULT;
	}
	return page_to_phys(obj->pages[0]) ? 0 : -EIO;
}

void drop_macro_drop(struct obj_macro_drop *obj)
{
	DROP_ALL_MACRO_DROP(obj);
}
