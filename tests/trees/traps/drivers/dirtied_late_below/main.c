// SPDX-License-Identifier: GPL-2.0-only
/* What marks the pages is called when they are gone, by who dropped them. */
#include <linux/mm.h>

struct dirtied_late_below {
	struct page *pages[8];
	int used;
};

static void dirtied_late_below_mark(struct dirtied_late_below *io)
{
	int i = io->used;

	while (i--)
		set_page_dirty_lock(io->pages[i]);
}

long dirtied_late_below_ioctl_on(struct dirtied_late_below *io, unsigned long addr)
{
	int got = get_user_pages_fast(addr, 8, FOLL_WRITE, io->pages);

	if (got < 0)
		return got;
	io->used = got;
	start_dma(io);
	return 0;
}

long dirtied_late_below_ioctl_off(struct dirtied_late_below *io)
{
	int i;

	stop_dma(io);
	for (i = 0; i < io->used; i++)
		put_page(io->pages[i]);
	dirtied_late_below_mark(io);	/* @leak, @late */
	return 0;
}
