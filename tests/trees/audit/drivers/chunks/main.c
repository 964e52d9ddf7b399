// SPDX-License-Identifier: GPL-2.0-only
/* What is in no chunk yet is dropped by none; the twin drops it itself. */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct chunk {
	struct list_head list;
	int count;
	struct scatterlist table[16];
};

static void chunks_drop(struct list_head *all)
{
	struct chunk *chunk, *next;
	struct scatterlist *sg;
	int i;

	list_for_each_entry_safe(chunk, next, all, list) {
		for_each_sg(chunk->table, sg, chunk->count, i)
			unpin_user_page(sg_page(sg));
		kfree(chunk);
	}
}

int chunks_bad(struct list_head *all, unsigned long at)
{
	struct page *pages[16];
	struct scatterlist *sg;
	struct chunk *chunk;
	int i, got, ret;

	got = pin_user_pages_fast(at, 16, FOLL_LONGTERM, pages);
	if (got < 0)
		return got;
	if (got < 16) {
		unpin_user_pages(pages, got);
		return -EFAULT;
	}
	chunk = kmalloc(sizeof(*chunk), GFP_KERNEL);
	if (!chunk) {
		ret = -ENOMEM;
		goto out;	/* @leak-error */
	}
	chunk->count = got;
	sg_init_table(chunk->table, got);
	for_each_sg(chunk->table, sg, got, i)
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);
	list_add_tail(&chunk->list, all);
	return 0;
out:
	chunks_drop(all);
	return ret;
}

int chunks_good(struct list_head *all, unsigned long at)
{
	struct page *pages[16];
	struct scatterlist *sg;
	struct chunk *chunk;
	int i, got, ret;

	got = pin_user_pages_fast(at, 16, FOLL_LONGTERM, pages);
	if (got < 0)
		return got;
	chunk = kmalloc(sizeof(*chunk), GFP_KERNEL);
	if (!chunk) {
		unpin_user_pages(pages, got);
		chunks_drop(all);
		return -ENOMEM;
	}
	chunk->count = got;
	sg_init_table(chunk->table, got);
	for_each_sg(chunk->table, sg, got, i)
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);
	list_add_tail(&chunk->list, all);
	ret = start(all);
	if (ret)
		chunks_drop(all);
	return ret;
}
