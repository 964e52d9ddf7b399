// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void bare(struct page *page, struct carrier *c)
{
	if (page)
		put_page(page); /* @unpin-if flag=c->pinned */
	else
		complete(&c->done);
	if (!page)
		complete(&c->done);
	else
		put_page(page); /* @unpin-if flag=c->pinned */
	put_page(c->first); /* @unpin-if flag=c->pinned */
	if (c->last) put_page(c->last); /* @unpin-if flag=c->pinned */
}

static void dirty(struct carrier *c, bool pinned)
{
	int i;

	for (i = 0; i < c->npages; i++) {
		if (c->wrote)
			set_page_dirty_lock(c->pages[i]);
		put_page(c->pages[i]); /* @unpin-if flag=pinned */
	}
#ifdef CONFIG_PROT
	while (i--)
		put_page(c->prot[i]); /* @unpin-if flag="pinned && c->prot" */
#else
	put_page(c->prot[0]); /* @unpin-if flag=pinned */
#endif
	switch (c->state) {
	case LATE:
		put_page(c->late); /* @unpin-if flag=pinned */
		break;
	default:
		__free_page(c->late);
	}
}
