// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int range(struct page **pages, int nr, int got)
{
	if (got < nr) {
		if (got > 0)
			release_pages(pages, got); /* @unpin-pages */
		else
			return -EFAULT;
		kvfree(pages);
		return got ? got : -EFAULT;
	}
	release_pages(pages + 1 /* the first is ours */, nr - 1); /* @unpin-pages */
	kvfree(pages);
	return 0;
}

static void stays(struct carrier *c)
{
	release_pages(c->spare, c->nr_spare);
}
