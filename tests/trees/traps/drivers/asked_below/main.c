// SPDX-License-Identifier: GPL-2.0-only
/* The caller of the function that takes the pages counts a short batch whole. */
#include <linux/mm.h>

struct asked_below {
	struct page *held[64];
	int total;
};

static int asked_below_take(unsigned long at, int want, struct page **to)
{
	int got = get_user_pages_fast(at, want, FOLL_WRITE, to);

	return got;
}

static void asked_below_drop(struct asked_below *buf, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		set_page_dirty_lock(buf->held[i]);
		put_page(buf->held[i]);
	}
}

long asked_below_ioctl_in(struct asked_below *buf, unsigned long at)
{
	int have = 0, want, err;

	do {
		want = min(buf->total - have, 16);
		err = asked_below_take(at + have * PAGE_SIZE, want, &buf->held[have]);
		if (err < 0) {
			asked_below_drop(buf, have);
			return err;
		}
		have += want;		/* @leak, @short */
	} while (have < buf->total);
	start_dma(buf);
	return 0;
}

long asked_below_ioctl_out(struct asked_below *buf)
{
	stop_dma(buf);
	asked_below_drop(buf, buf->total);
	return 0;
}

const struct toy_operations asked_below_ops = {
	.in = asked_below_ioctl_in,
	.out = asked_below_ioctl_out,
};
