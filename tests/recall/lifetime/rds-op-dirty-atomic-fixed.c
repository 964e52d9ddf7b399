// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct move_op {
	struct scatterlist sg[16];
	unsigned int nents;
	bool write;
	struct list_head list;
};

struct move_card {
	struct tasklet_struct done;
	struct list_head finished;
};

int move_start(struct move_card *card, struct move_op *op, unsigned long addr,
	       int nr)
{
	struct page *pages[16];
	int got, i;

	got = pin_user_pages_fast(addr, min(nr, 16),
				  op->write ? 0 : FOLL_WRITE, pages);
	if (got <= 0)
		return got ? got : -EFAULT;
	sg_init_table(op->sg, got);
	for (i = 0; i < got; i++)
		sg_set_page(&op->sg[i], pages[i], PAGE_SIZE, 0);
	op->nents = got;
	return 0;
}

static void move_free(struct move_op *op)
{
	unsigned int i;

	for (i = 0; i < op->nents; i++) {
		struct page *page = sg_page(&op->sg[i]);

		if (!op->write)
			set_page_dirty(page);
		unpin_user_page(page);
	}
	kfree(op);
}

static void move_done(struct tasklet_struct *t)
{
	struct move_card *card = from_tasklet(card, t, done);
	struct move_op *op, *next;

	list_for_each_entry_safe(op, next, &card->finished, list) {
		list_del(&op->list);
		move_free(op);
	}
}

void move_init(struct move_card *card)
{
	INIT_LIST_HEAD(&card->finished);
	tasklet_setup(&card->done, move_done);
}
