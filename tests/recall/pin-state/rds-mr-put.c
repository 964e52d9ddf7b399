// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct mem_key {
	struct scatterlist *sg;
	unsigned int sg_len;
};

/* The card drops the pages when the key goes. */
static int key_fill(struct mem_key *key, struct page **pages, int nr)
{
	key->sg = kcalloc(nr, sizeof(*key->sg), GFP_KERNEL);
	if (!key->sg)
		return -ENOMEM;
	sg_init_table(key->sg, nr);
	for (key->sg_len = 0; key->sg_len < nr; key->sg_len++)
		sg_set_page(&key->sg[key->sg_len], pages[key->sg_len],
			    PAGE_SIZE, 0);
	return 0;
}

int key_get(struct mem_key *key, unsigned long addr, int nr)
{
	struct page **pages;
	int ret;

	pages = kcalloc(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(addr, nr, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (ret != nr) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		ret = -EFAULT;
		goto out;
	}
	ret = key_fill(key, pages, nr);
	if (ret)
		unpin_user_pages(pages, nr);
out:
	kfree(pages);
	return ret;
}

void key_put(struct mem_key *key)
{
	unsigned int i;

	for (i = 0; i < key->sg_len; i++) {
		struct page *page = sg_page(&key->sg[i]);

		set_page_dirty_lock(page);
		put_page(page);	/* @mismatch */
	}
	kfree(key->sg);
	key->sg_len = 0;
}
