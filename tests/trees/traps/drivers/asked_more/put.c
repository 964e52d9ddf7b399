// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include "put.h"

void asked_more_put(struct page **list, int nr)
{
	int i;

	list_done(list);
	for (i = 0; i < nr; i++)
		if (list[i])
			put_page(list[i]); /* @mixed */
}
