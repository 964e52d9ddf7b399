// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void other(struct carrier *c)
{
	each_range(c, unpin_user_pages); /* @mark-range refused="was not made" */
	unpin_user_page(next_of(c)); /* @mark-page refused="would be read otherwise" */
	mark_all(c, set_page_dirty); /* @mark-locked refused="was not made" */
}
