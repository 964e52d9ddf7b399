// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void consume(struct carrier *c)
{
	while (c->npages > 0)
		put_page(c->pages[--c->npages]); /* @unpin-told new=page_extract_release flag="c->pinned" */
	if (c->first)
		put_page(take_first(c)); /* @unpin-told new=page_extract_release flag="c->pinned" */
	else
		complete(&c->done);
}

static void range(struct carrier *c, int got)
{
	release_pages(c->pages, got); /* @unpin-told new=page_extract_release_pages flag=true */
	release_pages(c->more, c->nr_more); /* @unpin-told new=page_extract_release_pages flag="c->pinned && c->more" */
}

static void stays(struct carrier *c)
{
	while (c->nspare)
		put_page(c->spare[--c->nspare]);
}
