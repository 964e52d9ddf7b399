// SPDX-License-Identifier: GPL-2.0-only
/* Pins that one operation takes and another drops. */
#include <linux/mm.h>

struct longterm_buf {
	struct page *page;
};

static long longterm_take(struct longterm_buf *buf, unsigned long addr)
{
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &buf->page);	/* @not-longterm */
	return ret == 1 ? 0 : -EFAULT;
}

static long longterm_drop(struct longterm_buf *buf, unsigned long addr)
{
	unpin_user_page(buf->page);
	return 0;
}

static const struct toy_operations longterm_ops = {
	.take = longterm_take,
	.drop = longterm_drop,
};
