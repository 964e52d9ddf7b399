// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>

static int batch(struct table *t, unsigned long at, int nr)
{
	int got;

	got = pin_user_pages_fast(at, nr, FOLL_WRITE, &t->pages[t->nr]);
	if (got != nr) {
		/* nothing of this one counts */
		t->error = -EFAULT; /* @give-back token=t array="&t->pages[t->nr]" count=got maybe=yes */
		return -EFAULT;
	}
	if (!grow(t))
		return -ENOMEM; /* @give-back token=return array="&t->pages[t->nr]" count=got */
	else
		t->nr += got;
	return 0;
}

static int lone(struct bell *b, unsigned long at)
{
	struct page *page;
	int err = -EFAULT;

	if (pin_user_pages_fast(at, 1, 0, &page) != 1)
		goto out;
	err = ring(b, page);
	if (err)
		goto out; /* @give-back token=goto array=page */
	b->page = page;
out:
	return err;
}
