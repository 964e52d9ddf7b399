// SPDX-License-Identifier: GPL-2.0-only
/* What is counted up from nothing is not nothing once pages were taken. */
#include <linux/mm.h>
#include <linux/slab.h>

struct lot {
	struct page **pages;
	int count;
};

int summed_good(struct lot *lot, const unsigned long *at, int parts, int each)
{
	int start = 0, ret, i;

	for (i = 0; i < parts; i++) {
		ret = pin_user_pages_fast(at[i], each, FOLL_LONGTERM,
					  &lot->pages[start]);
		if (ret < 0)
			goto fail;
		start += ret;
		if (ret != each) {
			ret = -EFAULT;
			goto fail;
		}
	}
	lot->count = start;
	ret = lot_export(lot);
	if (ret < 0)
		goto fail;
	return 0;
fail:
	if (start)
		unpin_user_pages(lot->pages, start);
	return ret;
}

int summed_bad(struct lot *lot, const unsigned long *at, int parts, int each)
{
	int start = 0, ret, i;

	for (i = 0; i < parts; i++) {
		ret = pin_user_pages_fast(at[i], each, FOLL_LONGTERM,
					  &lot->pages[start]);
		if (ret < 0)
			goto fail;
		if (ret != each) {
			ret = -EFAULT;
			goto fail;	/* @leak-short-pin */
		}
		start += ret;
	}
	lot->count = start;
	return 0;
fail:
	if (start)
		unpin_user_pages(lot->pages, start);
	return ret;
}

void lot_end(struct lot *lot)
{
	unpin_user_pages(lot->pages, lot->count);
}
