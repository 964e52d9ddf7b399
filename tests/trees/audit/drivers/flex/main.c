// SPDX-License-Identifier: GPL-2.0-only
/* An allocation names a member as the array is named; the twin drops the rest. */
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct piece {
	struct list_head list;
	int count;
	struct scatterlist table[];
};

static void pieces_drop(struct list_head *all)
{
	struct piece *piece, *next;
	struct scatterlist *sg;
	int i;

	list_for_each_entry_safe(piece, next, all, list) {
		for_each_sg(piece->table, sg, piece->count, i)
			unpin_user_page(sg_page(sg));
		kfree(piece);
	}
}

int pieces_bad(struct list_head *all, unsigned long at)
{
	struct page *table[16];
	struct scatterlist *sg;
	struct piece *piece;
	int i, got, ret;

	got = pin_user_pages_fast(at, 16, FOLL_LONGTERM, table);
	if (got < 0)
		return got;
	if (got < 16) {
		unpin_user_pages(table, got);
		return -EFAULT;
	}
	piece = kmalloc_flex(*piece, table, got);
	if (!piece) {
		ret = -ENOMEM;
		goto out;	/* @leak-error */
	}
	piece->count = got;
	sg_init_table(piece->table, got);
	for_each_sg(piece->table, sg, got, i)
		sg_set_page(sg, table[i], PAGE_SIZE, 0);
	list_add_tail(&piece->list, all);
	return 0;
out:
	pieces_drop(all);
	return ret;
}

int pieces_good(struct list_head *all, unsigned long at)
{
	struct page *table[16];
	struct scatterlist *sg;
	struct piece *piece;
	int i, got, ret;

	got = pin_user_pages_fast(at, 16, FOLL_LONGTERM, table);
	if (got < 0)
		return got;
	if (got < 16) {
		unpin_user_pages(table, got);
		return -EFAULT;
	}
	piece = kmalloc_flex(*piece, table, got);
	if (!piece) {
		unpin_user_pages(table, got);
		ret = -ENOMEM;
		goto out;
	}
	piece->count = got;
	sg_init_table(piece->table, got);
	for_each_sg(piece->table, sg, got, i)
		sg_set_page(sg, table[i], PAGE_SIZE, 0);
	list_add_tail(&piece->list, all);
	return 0;
out:
	pieces_drop(all);
	return ret;
}
