// SPDX-License-Identifier: GPL-2.0-only
/* the iterator is another by the time of the release */
#include <linux/mm.h>
#include <linux/uio.h>
#include "put.h"

static int asked_remade_busy;

static int asked_remade_map(struct page ***list, struct iov_iter *from, int len,
		     unsigned long *off, int *drop)
{
	int n, i;

	if (!iov_iter_is_kvec(from)) {
		n = iov_iter_get_pages_alloc2(from, list, len, off);
		if (n < 0)
			return n;
		*drop = 1;
		asked_remade_busy += DIV_ROUND_UP(n + *off, PAGE_SIZE);
		return n;
	} else {
		*list = kmalloc_array(2, sizeof(struct page *), GFP_NOFS);
		if (!*list)
			return -ENOMEM;
		*drop = 0;
		for (i = 0; i < 2; i++)
			(*list)[i] = kmap_to_page(from->kvec->iov_base + i * PAGE_SIZE);
		iov_iter_advance(from, len);
		return len;
	}
}

static int asked_remade_send(struct asked_remade_dev *dev, struct iov_iter *in,
		      struct iov_iter *out, int len)
{
	struct page **in_list = NULL, **out_list = NULL;
	int in_nr = 0, out_nr = 0, drop = 0, n;
	unsigned long off = 0;

	if (out) {
		n = asked_remade_map(&out_list, out, len, &off, &drop);
		if (n < 0)
			goto out;
		out_nr = DIV_ROUND_UP(n + off, PAGE_SIZE);
	} else if (in) {
		n = asked_remade_map(&in_list, in, len, &off, &drop);
		if (n < 0)
			goto out;
		in_nr = DIV_ROUND_UP(n + off, PAGE_SIZE);
	}
	iov_iter_kvec(in, 0, &dev->vec, 1, len);
	n = asked_remade_wait(dev);
out:
	if (drop) {
		if (in_list) {
			asked_remade_put(in_list, in_nr);
			asked_remade_busy -= in_nr;
		}
		if (out_list) {
			asked_remade_put(out_list, out_nr);
			asked_remade_busy -= out_nr;
		}
		wake_up(&dev->wait);
	}
	kvfree(in_list);
	kvfree(out_list);
	return n;
}

static const struct asked_remade_ops asked_remade_ops = {
	.send = asked_remade_send,
};
