// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

/* Only the calls that the plan names, each by its place in the old text. */
static int same(unsigned long addr, struct page **pages, struct page *mine)
{
	int got = get_user_pages_fast(addr, 2, FOLL_WRITE, pages); /* @pin longterm */

	if (get_user_pages_fast(addr, 1, 0, &mine) != 1)
		got = -EFAULT;
	if (got != 2)
		goto out;
	put_page(pages[0]); /* @unpin */
	put_page(mine);
	put_page(pages[1]); put_page(mine); /* @unpin */
out:
	return got;
}

/* A rule that changes the function first does not move what others look for. */
static void longer(struct carrier *c)
{
	if (c->first)
		put_page(c->first); /* @unpin-if flag=c->pinned */
	/* put_page(c->first) */
	put_page(c->last); /* @unpin-if flag=c->pinned */
	put_page(c->own);
	set_page_dirty_lock(c->head);
	put_page(c->head); /* @unpin */
	put_page(c->head);
}

/* Names, and no calls: nothing is marked. */
static void named(struct carrier *c, void (*drop)(struct page *page))
{
	void (*put)(struct page *page) = put_page;

	put(c->last);
	drop(c->last);
	c->put_page(c->last);
	put_page(c->last); /* @unpin */
}
