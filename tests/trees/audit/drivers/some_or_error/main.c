// SPDX-License-Identifier: GPL-2.0-only
/* An error in a later round ends with what came so far: no bug. */
#include <linux/mm.h>

struct some_or_error_buf {
	struct page *pages[16];
	long done;
};

static long some_or_error_take(struct some_or_error_buf *buf,
			       unsigned long addr, long left)
{
	size_t done = 0;
	long ret;

	while (left) {
		ret = pin_user_pages_fast(addr, left, FOLL_LONGTERM,
					  buf->pages + done);
		if (ret < 0)
			return done ?: ret;
		done += ret;
		left -= ret;
	}
	return done;
}

long some_or_error_run(struct some_or_error_buf *buf, unsigned long addr)
{
	buf->done = some_or_error_take(buf, addr, 16);
	return buf->done;
}

static long some_or_error_drop(struct some_or_error_buf *buf,
			       unsigned long addr, long left)
{
	unpin_user_pages(buf->pages, buf->done);
	return 0;
}

static const struct toy_operations some_or_error_ops = {
	.drop = some_or_error_drop,
};
