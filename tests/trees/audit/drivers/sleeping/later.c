// SPDX-License-Identifier: GPL-2.0-only
/* Pages that a tasklet gives back, which may not sleep to mark them. */
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct tray {
	struct page **pages;
	unsigned int count;
	struct tasklet_struct later;
};

static void tray_later(unsigned long data)
{
	struct tray *tray = (struct tray *)data;

	unpin_user_pages(tray->pages, tray->count);	/* @not-dirtied */
	kfree(tray->pages);
}

int tray_fill(struct tray *tray, unsigned long at, unsigned int count)
{
	int got;

	tray->pages = kcalloc(count, sizeof(*tray->pages), GFP_KERNEL);
	if (!tray->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(at, count, FOLL_WRITE, tray->pages);
	if (got < 0) {
		kfree(tray->pages);
		return got;
	}
	tray->count = got;
	memset(page_address(tray->pages[0]), 0, 8);
	tasklet_init(&tray->later, tray_later, (unsigned long)tray);
	tasklet_schedule(&tray->later);
	return 0;
}
