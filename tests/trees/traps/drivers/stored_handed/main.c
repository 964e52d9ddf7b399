// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

/* A table of allocated pages gets into the request by way of a helper. */
struct stored_handed_rq {
	struct kref ref;
	struct bio_vec *vecs;
	unsigned int nr;
	bool dirty;
};

static void stored_handed_free(struct kref *ref)
{
	struct stored_handed_rq *rq = container_of(ref, struct stored_handed_rq,
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

static int stored_handed_fill(struct stored_handed_rq *rq, struct iov_iter *to)
{
	unsigned int nr = 0, most = iov_iter_npages(to, INT_MAX), i, more;
	struct page **pages = NULL;
	struct bio_vec *vecs = NULL;
	size_t off;
	ssize_t got;

	if (!user_backed_iter(to))
		return -EINVAL;
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

static void stored_handed_keep(struct stored_handed_rq *rq,
			       struct bio_vec *vecs, unsigned int nr)
{
	rq->vecs = vecs;
	rq->nr = nr;
}

static int stored_handed_bounce(struct stored_handed_rq *rq, unsigned int nr)
{
	struct bio_vec *vecs = kcalloc(nr, sizeof(*vecs), GFP_KERNEL);
	unsigned int i;

	if (!vecs)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		vecs[i].bv_page = alloc_page(GFP_KERNEL);
	stored_handed_keep(rq, vecs, nr);
	return 0;
}

static ssize_t stored_handed_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct stored_handed_rq *rq;
	int err;

	rq = kzalloc(sizeof(*rq), GFP_KERNEL);
	if (!rq)
		return -ENOMEM;
	kref_init(&rq->ref);
	if (user_backed_iter(to))
		rq->dirty = true;
	if (iov_iter_count(to) & 511)
		err = stored_handed_bounce(rq, 1);
	else
		err = stored_handed_fill(rq, to);
	kref_put(&rq->ref, stored_handed_free);
	return err;
}

static const struct file_operations stored_handed_fops = {
	.read_iter = stored_handed_read,
};
