// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

struct iter_flag_rq {
	struct page *pages[16];
	int n;
};

static void iter_flag_free(struct iter_flag_rq *rq)
{
	int i;

	for (i = 0; i < rq->n; i++)
		put_page(rq->pages[i]); /* @release */
	kfree(rq);
}

static ssize_t iter_flag_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct iter_flag_rq *rq;
	size_t off;
	ssize_t got;

	rq = kzalloc(sizeof(*rq), GFP_KERNEL);
	if (!rq)
		return -ENOMEM;
	got = iov_iter_get_pages2(to, rq->pages, PAGE_SIZE * 16, 16, &off);
	if (got > 0) {
		rq->n = DIV_ROUND_UP(got + off, PAGE_SIZE);
		dma_map_page(NULL, rq->pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE);
	}
	iter_flag_free(rq);
	return got;
}

static const struct file_operations iter_flag_fops = {
	.read_iter = iter_flag_read,
};
