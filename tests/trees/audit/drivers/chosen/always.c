// SPDX-License-Identifier: GPL-2.0-only
/* The same, asked whatever has the parcel. */
#include <linux/mm.h>
#include <linux/slab.h>

struct always_parcel {
	struct page *page;
	void *mark;
	void *queue;
};

static int always_user(struct always_parcel *p, unsigned long addr)
{
	struct page *page;

	p->mark = kzalloc(8, GFP_KERNEL);
	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	p->page = page;
	return 0;
}

static int always_own(struct always_parcel *p)
{
	struct page *page = alloc_page(GFP_KERNEL);

	p->page = page;
	return page ? 0 : -ENOMEM;
}

static void always_purge(struct always_parcel *p)
{
	struct page *page = p->page;
	bool user = p->mark != NULL;

	if (p->queue) {
		wake(p->queue);
	}
	if (user)
		put_page(page);
	else
		__free_page(page);
	kfree(p);
}

static void always_join(struct always_parcel *p, void *queue)
{
	p->queue = queue;
}

int always_send(struct always_parcel *p, unsigned long addr, void *queue)
{
	int ret = addr ? always_user(p, addr) : always_own(p);

	if (!ret && !full(queue))
		always_join(p, queue);
	always_purge(p);
	return ret;
}
