// SPDX-License-Identifier: GPL-2.0-only
/* -EIOCBQUEUED is no error: the handler drops the pages */
#include <linux/mm.h>
#include <linux/uio.h>

struct queued_rq {
	struct kiocb *iocb;
	struct page **pages;
	int n;
	struct work_struct work;
};

static void queued_drop(struct queued_rq *rq)
{
	int i;

	for (i = 0; i < rq->n; i++)
		put_page(rq->pages[i]); /* @release */
	kvfree(rq->pages);
	kfree(rq);
}

static void queued_done(struct work_struct *work)
{
	struct queued_rq *rq = container_of(work, struct queued_rq, work);
	struct kiocb *iocb = rq->iocb;

	queued_drop(rq);
	iocb->ki_complete(iocb, 0);
}

ssize_t go_queued_ok(struct kiocb *iocb, struct iov_iter *iter, size_t len)
{
	struct queued_rq *rq = kzalloc(sizeof(*rq), GFP_KERNEL);
	size_t off;
	ssize_t got;

	if (!rq)
		return -ENOMEM;
	got = iov_iter_get_pages_alloc2(iter, &rq->pages, len, &off);
	if (got <= 0) {
		kfree(rq);
		return -EFAULT;
	}
	rq->n = DIV_ROUND_UP(got + off, PAGE_SIZE);
	rq->iocb = iocb;
	INIT_WORK(&rq->work, queued_done);
	schedule_work(&rq->work);
	return -EIOCBQUEUED;
}
