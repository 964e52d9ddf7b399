// SPDX-License-Identifier: GPL-2.0-only
/*
 * The result is compared as unsigned, so that an error passes for success and
 * the loop drops entries that were never filled.
 */
#include <linux/mm.h>
#include <linux/slab.h>

static int unsigned_compare(struct dev *dev, unsigned long start,
			    unsigned int nr)
{
	struct page **pages;
	unsigned int i;
	int ret;

	pages = kmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;

	ret = get_user_pages_fast(start, nr, FOLL_WRITE, pages);
	if (ret < nr) {
		nr = ret < 0 ? 0 : ret;
		ret = -EINVAL;
		goto out;
	}
	ret = dev_fill(dev, page_address(pages[0]), nr);
out:
	for (i = 0; i < nr; i++) {	/* @loop */
		set_page_dirty_lock(pages[i]);
		put_page(pages[i]);	/* @mixed */
	}
	kfree(pages);
	return ret;
}
