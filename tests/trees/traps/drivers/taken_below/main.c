// SPDX-License-Identifier: GPL-2.0-only
/* As asked_below, but the caller holds the result against what it wants. */
#include <linux/mm.h>

struct taken_below {
	struct page *held[64];
	int total;
};

static int taken_below_take(unsigned long at, int want, struct page **to)
{
	int got = get_user_pages_fast(at, want, FOLL_WRITE, to);

	return got;
}

static void taken_below_drop(struct taken_below *buf, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		set_page_dirty_lock(buf->held[i]);
		put_page(buf->held[i]);		/* @release */
	}
}

long taken_below_ioctl_in(struct taken_below *buf, unsigned long at)
{
	int got = taken_below_take(at, buf->total, buf->held);

	if (got != buf->total) {
		if (got > 0)
			taken_below_drop(buf, got);
		return -EFAULT;
	}
	start_dma(buf);
	return 0;
}

long taken_below_ioctl_out(struct taken_below *buf)
{
	stop_dma(buf);
	taken_below_drop(buf, buf->total);
	return 0;
}

const struct toy_operations taken_below_ops = {
	.in = taken_below_ioctl_in,
	.out = taken_below_ioctl_out,
};
