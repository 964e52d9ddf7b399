// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int other(struct carrier *c, int got)
{
	int i;

	for (i = 0; i < got; i++) /* @give-back token=i array="c->pages" count=got refused="in the head of a loop" */
		use(c->pages[i]);
	return got; /* @give-back token=got array="c->pages" count=got refused="was not made" */
}
