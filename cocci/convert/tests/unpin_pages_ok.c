// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void other(struct carrier *c)
{
	each_range(c, release_pages); /* @unpin-pages refused="was not made" */
	release_pages(c->pages, c->npages);
}
