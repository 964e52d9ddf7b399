// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

int fb_dma(struct page **pages, unsigned int nr);

ssize_t fb_write(const char __user *buf, size_t count)
{
	unsigned int nr = DIV_ROUND_UP(count, PAGE_SIZE), i;
	struct page **pages;
	int ret;

	pages = kmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast((unsigned long)buf, nr, 0, pages);
	if (ret < (int)nr) {
		nr = ret;
		ret = -EINVAL;
		goto out;
	}
	ret = fb_dma(pages, nr);
out:
	for (i = 0; i < nr; i++)	/* @negative-count */
		unpin_user_page(pages[i]);
	kfree(pages);
	return ret;
}
