// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int value(struct list *l, bool pinned)
{
	return list_put(l->pages, l->nr); /* @ask token=list_put flag=pinned refused="no statement" */
}
