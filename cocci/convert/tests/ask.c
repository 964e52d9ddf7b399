// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static void finish(struct list *l, struct iov_iter *in, bool pinned)
{
	if (l->used) {
		list_put(l->pages, l->nr); /* @ask token=list_put flag=iov_iter_extract_will_pin(in) */
		l->count -= l->nr;
	}
	if (l->more)
		list_put(l->extra, l->nr); /* @ask token=list_put flag=pinned */
	else
		complete(&l->done);
	list_put(l->last, 1);
}
