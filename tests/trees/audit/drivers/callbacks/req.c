// SPDX-License-Identifier: GPL-2.0-only
/* A caller fails before it has given the callback to anybody. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/dmaengine.h>

struct ferry {
	struct page **pages;
	unsigned int count;
};

static void ferry_done(void *data)
{
	struct ferry *ferry = data;

	unpin_user_pages(ferry->pages, ferry->count);
	kfree(ferry->pages);
	kfree(ferry);
}

static struct ferry *ferry_take(unsigned long at, unsigned int n)
{
	struct ferry *ferry = kzalloc(sizeof(*ferry), GFP_KERNEL);
	int got;

	if (!ferry)
		return NULL;
	ferry->pages = kcalloc(n, sizeof(*ferry->pages), GFP_KERNEL);
	if (!ferry->pages)
		goto free;
	got = pin_user_pages_fast(at, n, FOLL_LONGTERM, ferry->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(ferry->pages, got);
		goto free;
	}
	ferry->count = got;
	return ferry;
free:
	kfree(ferry->pages);
	kfree(ferry);
	return NULL;
}

int ferry_send(struct dma_chan *chan, unsigned long at, unsigned int n)
{
	struct ferry *ferry = ferry_take(at, n);
	struct dma_async_tx_descriptor *tx;

	if (!ferry)
		return -ENOMEM;
	tx = ferry_prepare(chan, ferry->count);
	if (!tx) {
		kfree(ferry->pages);	/* @leak-error */
		kfree(ferry);
		return -EIO;
	}
	tx->callback = ferry_done;
	tx->callback_param = ferry;
	dmaengine_submit(tx);
	return 0;
}

int ferry_send_good(struct dma_chan *chan, unsigned long at, unsigned int n)
{
	struct ferry *ferry = ferry_take(at, n);
	struct dma_async_tx_descriptor *tx;

	if (!ferry)
		return -ENOMEM;
	tx = ferry_prepare(chan, ferry->count);
	if (!tx) {
		ferry_done(ferry);
		return -EIO;
	}
	tx->callback = ferry_done;
	tx->callback_param = ferry;
	dmaengine_submit(tx);
	return 0;
}
