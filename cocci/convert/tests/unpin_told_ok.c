// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void commented(struct carrier *c)
{
	put_page(c->pages[--c->npages /* the last */]); /* @unpin-told new=page_extract_release flag=pinned refused="comment" */
	put_page(c->pages[--c->npages]);
}
