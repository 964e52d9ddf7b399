// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>
#include <linux/toy_passed_remade.h>

/* The iterator is made anew before it is asked. */
struct passed_remade_rq {
	struct kiocb *iocb;
	bool dirty;
};

static ssize_t passed_remade_fill(struct iov_iter *iter, struct bio_vec *vecs)
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

static ssize_t passed_remade_take(struct iov_iter *iter, struct bio_vec **out)
{
	struct bio_vec *vecs;
	ssize_t got;

	vecs = kcalloc(16, sizeof(*vecs), GFP_KERNEL);
	if (!vecs)
		return -ENOMEM;
	got = passed_remade_fill(iter, vecs);
	if (got < 0) {
		kvfree(vecs);
		return got;
	}
	*out = vecs;
	return got;
}

static void passed_remade_put(struct bio_vec *vecs, int nr, bool dirty)
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

static void passed_remade_done(struct op_passed_remade *op)
{
	struct passed_remade_rq *rq = op->owner;

	passed_remade_put(op->table.vecs, op->nr_vecs, rq->dirty);
	rq->iocb->ki_complete(rq->iocb, 0);
	kfree(rq);
}

static ssize_t passed_remade_read(struct kiocb *iocb, struct iov_iter *iter)
{
	bool dirty = user_backed_iter(iter);
	struct op_passed_remade *op = op_passed_remade_alloc();
	struct passed_remade_rq *rq = NULL;
	struct bio_vec *vecs;
	ssize_t got;

	got = passed_remade_take(iter, &vecs);
	if (got < 0)
		return got;
	if (!is_sync_kiocb(iocb)) {
		rq = kzalloc(sizeof(*rq), GFP_KERNEL);
		if (rq) {
			rq->iocb = iocb;
			rq->dirty = dirty;
		}
	}
	op_passed_remade_set_table(op, vecs, 16, got);
	if (rq) {
		op->owner = rq;
		op->done = passed_remade_done;
		op_passed_remade_start(op);
		return -EIOCBQUEUED;
	}
	op_passed_remade_start(op);
	iov_iter_bvec(iter, READ, vecs, 16, got);
	passed_remade_put(vecs, 16, dirty);
	return got;
}

static const struct file_operations passed_remade_fops = {
	.read_iter = passed_remade_read,
};
