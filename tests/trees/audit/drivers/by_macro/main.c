// SPDX-License-Identifier: GPL-2.0-only
/* A macro drops the page on the error; the twin's macro only prints. */
#include <linux/mm.h>

#define by_macro_put(o, member) put_page((o)->member)
#define by_macro_say(o, member) pr_err("%p\n", (o)->member)

struct by_macro {
	struct page *page;
};

int by_macro_good(unsigned long addr, struct by_macro *o, struct device *dev)
{
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &o->page) != 1)
		return -EFAULT;
	if (start(dev)) {
		by_macro_put(o, page);
		return -EIO;
	}
	set_page_dirty_lock(o->page);
	put_page(o->page);
	return 0;
}

int by_macro_bad(unsigned long addr, struct by_macro *o, struct device *dev)
{
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &o->page) != 1)
		return -EFAULT;
	if (start(dev)) {
		by_macro_say(o, page);
		return -EIO;	/* @leak-error */
	}
	set_page_dirty_lock(o->page);
	put_page(o->page);
	return 0;
}
