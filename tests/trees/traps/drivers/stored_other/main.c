// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

/* A second function puts a table of allocated pages into the request. */
struct stored_other_rq {
	struct kref ref;
	struct bio_vec *vecs;
	unsigned int nr;
	bool dirty;
};

static void stored_other_free(struct kref *ref)
{
	struct stored_other_rq *rq = container_of(ref, struct stored_other_rq,
						 ref);

	if (rq->vecs) {
		unsigned int i;

		for (i = 0; i < rq->nr; i++) {
			if (rq->dirty)
				set_page_dirty(rq->vecs[i].bv_page);
			put_page(rq->vecs[i].bv_page); /* @release @mixed */
		}
		kvfree(rq->vecs);
	}
	kfree(rq);
}

static int stored_other_fill(struct stored_other_rq *rq, struct iov_iter *to)
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

static int stored_other_bounce(struct stored_other_rq *rq, unsigned int nr)
{
	struct bio_vec *vecs = kcalloc(nr, sizeof(*vecs), GFP_KERNEL);
	unsigned int i;

	if (!vecs)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		vecs[i].bv_page = alloc_page(GFP_KERNEL);
	rq->vecs = vecs;
	rq->nr = nr;
	return 0;
}

static ssize_t stored_other_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct stored_other_rq *rq;
	int err;

	rq = kzalloc(sizeof(*rq), GFP_KERNEL);
	if (!rq)
		return -ENOMEM;
	kref_init(&rq->ref);
	if (user_backed_iter(to))
		rq->dirty = true;
	if (iov_iter_count(to) & 511)
		err = stored_other_bounce(rq, 1);
	else
		err = stored_other_fill(rq, to);
	kref_put(&rq->ref, stored_other_free);
	return err;
}

static const struct file_operations stored_other_fops = {
	.read_iter = stored_other_read,
};
