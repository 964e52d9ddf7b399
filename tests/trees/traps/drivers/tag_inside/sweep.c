// SPDX-License-Identifier: GPL-2.0-only
#include "door.h"

void tag_inside_sweep(struct tag_inside_pane *pane)
{
	if (!pane->glass_ti)
		return;
	set_page_dirty_lock(pane->glass_ti);
	put_page(pane->glass_ti); /* @release */
	pane->glass_ti = NULL;
}
