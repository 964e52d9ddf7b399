// SPDX-License-Identifier: GPL-2.0-only
/* Taken and dropped by helpers of one operation, dropped at close too. */
#include <linux/mm.h>

struct one_call_buf {
	struct page *page;
};

static int one_call_take(struct one_call_buf *buf, unsigned long addr)
{
	int ret;

	ret = pin_user_pages_fast(addr, 1, 0, &buf->page);
	return ret == 1 ? 0 : -EFAULT;
}

static void one_call_drop(struct one_call_buf *buf)
{
	if (buf->page)
		unpin_user_page(buf->page);
	buf->page = NULL;
}

static long one_call_run(struct one_call_buf *buf, unsigned long addr)
{
	int ret;

	ret = one_call_take(buf, addr);
	if (ret)
		return ret;
	work_on(1);
	one_call_drop(buf);
	return 0;
}

static long one_call_close(struct one_call_buf *buf)
{
	one_call_drop(buf);
	return 0;
}

static const struct toy_operations one_call_ops = {
	.run = one_call_run,
	.close = one_call_close,
};
