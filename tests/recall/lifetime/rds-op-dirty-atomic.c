// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct xfer_op {
	struct scatterlist sg[16];
	unsigned int nents;
	bool write;
	struct list_head list;
};

struct xfer_card {
	struct tasklet_struct done;
	struct list_head finished;
};

int xfer_start(struct xfer_card *card, struct xfer_op *op, unsigned long addr,
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

static void xfer_free(struct xfer_op *op)
{
	unsigned int i;

	for (i = 0; i < op->nents; i++) {
		struct page *page = sg_page(&op->sg[i]);

		unpin_user_pages_dirty_lock(&page, 1, !op->write);	/* @dirty-lock-atomic */
	}
	kfree(op);
}

static void xfer_done(struct tasklet_struct *t)
{
	struct xfer_card *card = from_tasklet(card, t, done);
	struct xfer_op *op, *next;

	list_for_each_entry_safe(op, next, &card->finished, list) {
		list_del(&op->list);
		xfer_free(op);
	}
}

void xfer_init(struct xfer_card *card)
{
	INIT_LIST_HEAD(&card->finished);
	tasklet_setup(&card->done, xfer_done);
}
