// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/toy_passed_unset.h>

/* A second request is made where nothing is set in it. */
struct passed_unset_rq {
	struct kiocb *iocb;
	bool dirty;
};

static ssize_t passed_unset_fill(struct iov_iter *iter, struct bio_vec *vecs)
{
	struct page *pages[16];
	size_t off;
	ssize_t got, left;
	int i;

	got = iov_iter_get_pages2(iter, pages, PAGE_SIZE * 16, 16, &off);
	if (got < 0)
		return got;
	for (i = 0, left = got; left; i++) {
		struct bio_vec vec = {
			.bv_page = pages[i],
			.bv_len = min_t(int, left, PAGE_SIZE - off),
			.bv_offset = off,
		};

		vecs[i] = vec;
		left -= vec.bv_len;
		off = 0;
	}
	return got;
}

static ssize_t passed_unset_take(struct iov_iter *iter, struct bio_vec **out)
{
	struct bio_vec *vecs;
	ssize_t got;

	vecs = kcalloc(16, sizeof(*vecs), GFP_KERNEL);
	if (!vecs)
		return -ENOMEM;
	got = passed_unset_fill(iter, vecs);
	if (got < 0) {
		kvfree(vecs);
		return got;
	}
	*out = vecs;
	return got;
}

static void passed_unset_put(struct bio_vec *vecs, int nr, bool dirty)
{
	int i;

	for (i = 0; i < nr; i++) {
		if (!vecs[i].bv_page)
			continue;
		if (dirty)
			set_page_dirty_lock(vecs[i].bv_page);
		put_page(vecs[i].bv_page); /* @release @mixed */
	}
	kvfree(vecs);
}

static void passed_unset_done(struct op_passed_unset *op)
{
	struct passed_unset_rq *rq = op->owner;

	passed_unset_put(op->table.vecs, op->nr_vecs, rq->dirty);
	rq->iocb->ki_complete(rq->iocb, 0);
	kfree(rq);
}

static void passed_unset_flush(struct op_passed_unset *op)
{
	struct passed_unset_rq *rq = kzalloc(sizeof(*rq), GFP_KERNEL);

	op->owner = rq;
	op->done = passed_unset_done;
}

static ssize_t passed_unset_read(struct kiocb *iocb, struct iov_iter *iter)
{
	bool dirty = user_backed_iter(iter);
	struct op_passed_unset *op = op_passed_unset_alloc();
	struct passed_unset_rq *rq = NULL;
	struct bio_vec *vecs;
	ssize_t got;

	got = passed_unset_take(iter, &vecs);
	if (got < 0)
		return got;
	if (!is_sync_kiocb(iocb)) {
		rq = kzalloc(sizeof(*rq), GFP_KERNEL);
		if (rq) {
			rq->iocb = iocb;
			rq->dirty = dirty;
		}
	}
	op_passed_unset_set_table(op, vecs, 16, got);
	if (got & 511) {
		passed_unset_flush(op);
		op_passed_unset_start(op);
		return -EIOCBQUEUED;
	}
	if (rq) {
		op->owner = rq;
		op->done = passed_unset_done;
		op_passed_unset_start(op);
		return -EIOCBQUEUED;
	}
	op_passed_unset_start(op);
	passed_unset_put(vecs, 16, dirty);
	return got;
}

static const struct file_operations passed_unset_fops = {
	.read_iter = passed_unset_read,
};
