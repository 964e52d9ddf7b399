// SPDX-License-Identifier: GPL-2.0-only
/* The next batch begins where a full one would have ended. */
#include <linux/mm.h>

struct batch_asked {
	struct page **slots;
	unsigned int filled;
};

static void batch_asked_empty(struct batch_asked *win)
{
	while (win->filled) {
		set_page_dirty_lock(win->slots[--win->filled]);
		put_page(win->slots[win->filled]);
	}
}

long batch_asked_ioctl_open(struct batch_asked *win, unsigned long at, unsigned int left)
{
	struct page **next = win->slots;
	unsigned int step;
	int err;

	win->filled = 0;
	while (left) {
		step = min(left, 32U);
		err = get_user_pages_fast(at, step, FOLL_WRITE, next);
		if (err <= 0) {
			batch_asked_empty(win);
			return -EFAULT;
		}
		next += step;		/* @leak, @short */
		at += step * PAGE_SIZE;
		win->filled += step;
		left -= step;
	}
	start_dma(win);
	return 0;
}

long batch_asked_ioctl_close(struct batch_asked *win)
{
	stop_dma(win);
	batch_asked_empty(win);
	return 0;
}

const struct toy_operations batch_asked_ops = {
	.open = batch_asked_ioctl_open,
	.close = batch_asked_ioctl_close,
};
