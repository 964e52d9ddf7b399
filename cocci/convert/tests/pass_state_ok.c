// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

int put_vecs(struct bio_vec *vecs, int n, bool dirty); /* @parameter name=pinned refused="planned parameter" */

static void bare(struct carrier *c, bool dirty)
{
	if (c)
		c->wrote = dirty; /* @state target="c->wrote" flag="c->pinned" iterator=iter refused="no place for a statement" */
}

static void head(struct carrier *c, bool dirty)
{
	while ((c->last = dirty)) /* @state target="c->last" flag="c->pinned" iterator=iter refused="the head of a loop" */
		put_vecs(c->vecs, c->n, c->last);
}
