// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

struct carrier {
	bool wrote;	/* by the device */ /* @member struct=carrier after=wrote name=vecs_pinned */
	int error;
};

static void put_vecs(struct bio_vec *vecs, int n, bool dirty) /* @parameter name=vecs_pinned */
{
	int i;

	for (i = 0; i < n; i++) {
		if (dirty)
			set_page_dirty_lock(vecs[i].bv_page);
		put_page(vecs[i].bv_page); /* @unpin-if flag=vecs_pinned */
	}
}

static void late(struct carrier *c, struct op *op)
{
	/* the last to know */
	put_vecs(op->vecs, op->n, /* all */ c->wrote); /* @argument state="c->vecs_pinned" */
}

static int submit(struct iov_iter *iter, struct bio_vec *vecs, int n)
{
	bool dirty = user_backed_iter(iter);
	struct carrier *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (c) {
		c->wrote = dirty; /* @state target="c->wrote" flag="c->vecs_pinned" iterator=iter */
		c->error = 0;
	}
	if (wait(c))
		put_vecs(vecs, n, dirty); /* @argument state="iov_iter_extract_will_pin(iter)" */
	return 0;
}
