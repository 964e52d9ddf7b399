// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void passed(struct list *list)
{
	walk(list, put_page, list->pages); /* @unpin-if flag=list->pinned refused="is no statement here" */
}

static void stored(struct list *list)
{
	list->drop = put_page; /* @unpin refused="the planned unpin of put_page was not made" */
}

#define drop_all(list) walk(list, put_page) /* @unpin refused="was not made" */

static void worded(struct list *list)
{
	pr_debug("put_page(%p)\n", list); /* @unpin refused="the plan expects" */
}
