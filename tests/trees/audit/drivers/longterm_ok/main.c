// SPDX-License-Identifier: GPL-2.0-only
/* Pins that one operation takes and another drops. */
#include <linux/mm.h>

struct longterm_ok_buf {
	struct page *page;
};

static long longterm_ok_take(struct longterm_ok_buf *buf, unsigned long addr)
{
	int ret;

	ret = pin_user_pages_fast(addr, 1, FOLL_LONGTERM, &buf->page);
	return ret == 1 ? 0 : -EFAULT;
}

static long longterm_ok_drop(struct longterm_ok_buf *buf, unsigned long addr)
{
	unpin_user_page(buf->page);
	return 0;
}

static const struct toy_operations longterm_ok_ops = {
	.take = longterm_ok_take,
	.drop = longterm_ok_drop,
};
