// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

/* Pages that move into a table of the request, dropped by its last user. */
struct iter_stored_rq {
	struct kref ref;
	struct kiocb *iocb;
	struct bio_vec *vecs;
	unsigned int nr;
	bool dirty;
};

static void iter_stored_free(struct kref *ref)
{
	struct iter_stored_rq *rq = container_of(ref, struct iter_stored_rq,
						 ref);

	if (rq->vecs) {
		unsigned int i;

		for (i = 0; i < rq->nr; i++) {
			if (rq->dirty)
				set_page_dirty(rq->vecs[i].bv_page);
			put_page(rq->vecs[i].bv_page); /* @release */
		}
		kvfree(rq->vecs);
	}
	if (rq->iocb)
		rq->iocb->ki_complete(rq->iocb, 0);
	kfree(rq);
}

static int iter_stored_fill(struct iter_stored_rq *rq, struct iov_iter *to)
{
	unsigned int nr = 0, most = iov_iter_npages(to, INT_MAX), i, more;
	struct page **pages = NULL;
	struct bio_vec *vecs = NULL;
	size_t off;
	ssize_t got;

	vecs = kmalloc_array(most, sizeof(*vecs), GFP_KERNEL);
	if (!vecs) {
		vecs = vmalloc(array_size(most, sizeof(*vecs)));
		if (!vecs)
			return -ENOMEM;
	}
	pages = kmalloc_array(most, sizeof(*pages), GFP_KERNEL);
	if (!pages) {
		kvfree(vecs);
		return -ENOMEM;
	}
	while (nr < most) {
		got = iov_iter_get_pages2(to, pages, LONG_MAX, most - nr, &off);
		if (got <= 0)
			break;
		got += off;
		more = DIV_ROUND_UP(got, PAGE_SIZE);
		for (i = 0; i < more; i++) {
			vecs[nr + i].bv_page = pages[i];
			vecs[nr + i].bv_offset = off;
			off = 0;
		}
		nr += more;
	}
	kvfree(pages);
	rq->vecs = vecs;
	rq->nr = nr;
	return 0;
}

static ssize_t iter_stored_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct iter_stored_rq *rq;
	int err;

	rq = kzalloc(sizeof(*rq), GFP_KERNEL);
	if (!rq)
		return -ENOMEM;
	kref_init(&rq->ref);
	if (!is_sync_kiocb(iocb))
		rq->iocb = iocb;
	if (user_backed_iter(to))
		rq->dirty = true;
	err = iter_stored_fill(rq, to);
	kref_put(&rq->ref, iter_stored_free);
	return err;
}

static const struct file_operations iter_stored_fops = {
	.read_iter = iter_stored_read,
};
