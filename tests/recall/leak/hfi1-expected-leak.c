// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

struct tid_buf {
	struct page **pages;
	int nr;
};

int tid_program(struct page **pages, int nr, int *mapped);

static int tid_pin(struct tid_buf *buf, unsigned long addr, int nr)
{
	struct page **pages;
	int pinned;

	pages = kcalloc(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	pinned = pin_user_pages_fast(addr, nr, FOLL_LONGTERM, pages);
	if (pinned <= 0) {
		kfree(pages);
		return pinned;
	}
	buf->pages = pages;
	return pinned;
}

int tid_setup(struct tid_buf *buf, unsigned long addr, int nr, int room)
{
	int pinned, mapped = 0, ret;

	pinned = tid_pin(buf, addr, nr);
	if (pinned <= 0)
		return pinned ? pinned : -ENOSPC;
	if (!room) {
		ret = -ENOSPC;
		goto bail;	/* @leak-error */
	}
	ret = tid_program(buf->pages, min(pinned, room), &mapped);
	if (ret < 0)
		mapped = 0;
	if (mapped != pinned)
		unpin_user_pages(buf->pages + mapped, pinned - mapped);
	if (ret >= 0) {
		buf->nr = mapped;
		return 0;
	}
bail:
	kfree(buf->pages);
	buf->pages = NULL;
	return ret;
}

void tid_clear(struct tid_buf *buf)
{
	unpin_user_pages(buf->pages, buf->nr);
	kfree(buf->pages);
}
