// SPDX-License-Identifier: GPL-2.0-only
/* The same, and a queue has each parcel before its pages are taken. */
#include <linux/mm.h>
#include <linux/slab.h>

struct before_parcel {
	struct page *page;
	void *mark;
	void *queue;
};

static int before_user(struct before_parcel *p, unsigned long addr)
{
	struct page *page;

	p->mark = kzalloc(8, GFP_KERNEL);
	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	p->page = page;
	return 0;
}

static int before_own(struct before_parcel *p)
{
	struct page *page = alloc_page(GFP_KERNEL);

	p->page = page;
	return page ? 0 : -ENOMEM;
}

static void before_purge(struct before_parcel *p)
{
	struct page *page = p->page;
	bool user = false;

	if (p->queue) {
		user = p->mark != NULL;
		wake(p->queue);
	}
	if (user)
		put_page(page);
	else
		__free_page(page);
	kfree(p);
}

static void before_join(struct before_parcel *p, void *queue)
{
	p->queue = queue;
}

int before_send(struct before_parcel *p, unsigned long addr, void *queue)
{
	int ret;

	p->queue = queue;
	ret = addr ? before_user(p, addr) : before_own(p);

	if (!ret && !full(queue))
		before_join(p, queue);
	before_purge(p);
	return ret;
}
