// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int other(struct carrier *c, int got)
{
	each_range(c, unpin_user_pages); /* @drop-taken count=got refused="is no statement here" */
	return unpin_user_pages(c->pages, c->nr), 0; /* @drop-taken count=got maybe=yes refused="is no statement here" */
}
