// SPDX-License-Identifier: GPL-2.0-only
/* Which release is right is asked only where a queue has the parcel. */
#include <linux/mm.h>
#include <linux/slab.h>

struct chosen_parcel {
	struct page *page;
	void *mark;
	void *queue;
};

static int chosen_user(struct chosen_parcel *p, unsigned long addr)
{
	struct page *page;

	p->mark = kzalloc(8, GFP_KERNEL);
	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	p->page = page;
	return 0;
}

static int chosen_own(struct chosen_parcel *p)
{
	struct page *page = alloc_page(GFP_KERNEL);

	p->page = page;
	return page ? 0 : -ENOMEM;
}

static void chosen_purge(struct chosen_parcel *p)
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
		__free_page(page);	/* @release-chosen-late */
	kfree(p);
}

static void chosen_join(struct chosen_parcel *p, void *queue)
{
	p->queue = queue;
}

int chosen_send(struct chosen_parcel *p, unsigned long addr, void *queue)
{
	int ret = addr ? chosen_user(p, addr) : chosen_own(p);

	if (!ret && !full(queue))
		chosen_join(p, queue);
	chosen_purge(p);
	return ret;
}
