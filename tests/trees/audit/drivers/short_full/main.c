// SPDX-License-Identifier: GPL-2.0-only
/* A short batch is counted whole; the twin counts what came. */
#include <linux/mm.h>

struct short_full {
	struct page **pages;
	int want;
};

int short_full_bad(struct short_full *buf, unsigned long addr)
{
	int done, part, ret;

	for (done = 0; done < buf->want; done += part) {	/* @short-pin-as-full */
		part = min(buf->want - done, 64);
		ret = pin_user_pages_fast(addr + done * PAGE_SIZE, part,
					  FOLL_LONGTERM, buf->pages + done);
		if (ret < 0) {
			unpin_user_pages(buf->pages, done);
			return ret;
		}
	}
	return 0;
}

int short_full_good(struct short_full *buf, unsigned long addr)
{
	int done, ret;

	for (done = 0; done < buf->want; done += ret) {
		ret = pin_user_pages_fast(addr + done * PAGE_SIZE,
					  min(buf->want - done, 64),
					  FOLL_LONGTERM, buf->pages + done);
		if (ret <= 0) {
			unpin_user_pages(buf->pages, done);
			return -EFAULT;
		}
	}
	return 0;
}

void short_full_free(struct short_full *buf)
{
	unpin_user_pages(buf->pages, buf->want);
}
