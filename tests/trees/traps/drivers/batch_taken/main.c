// SPDX-License-Identifier: GPL-2.0-only
/* As batch_asked, but each batch begins where the last one ended. */
#include <linux/mm.h>

struct batch_taken {
	struct page **slots;
	unsigned int filled;
	unsigned int wanted;
};

static void batch_taken_empty(struct batch_taken *win)
{
	unsigned int k;

	for (k = 0; k < win->filled; k++) {
		set_page_dirty_lock(win->slots[k]);
		put_page(win->slots[k]);	/* @release */
	}
	win->filled = 0;
}

long batch_taken_ioctl_open(struct batch_taken *win, unsigned long at)
{
	int got;

	win->filled = 0;
	while (win->filled < win->wanted) {
		got = get_user_pages_fast(at + win->filled * PAGE_SIZE,
					  min(win->wanted - win->filled, 32U),
					  FOLL_WRITE, win->slots + win->filled);
		if (got <= 0) {
			batch_taken_empty(win);
			return -EFAULT;
		}
		win->filled += got;
	}
	start_dma(win);
	return 0;
}

long batch_taken_ioctl_close(struct batch_taken *win)
{
	stop_dma(win);
	batch_taken_empty(win);
	return 0;
}

const struct toy_operations batch_taken_ops = {
	.open = batch_taken_ioctl_open,
	.close = batch_taken_ioctl_close,
};
