// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

/* The request is only made once the pages are there. */
struct stored_late_rq {
	struct kref ref;
	struct bio_vec *vecs;
	unsigned int nr;
	bool dirty;
};

static void stored_late_free(struct kref *ref)
{
	struct stored_late_rq *rq = container_of(ref, struct stored_late_rq,
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

static int stored_late_fill(struct stored_late_rq **out, struct iov_iter *to)
{
	unsigned int nr = 0, most = iov_iter_npages(to, INT_MAX), i, more;
	struct page **pages = NULL;
	struct stored_late_rq *rq = NULL;
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
	rq = kzalloc(sizeof(*rq), GFP_KERNEL | __GFP_NOFAIL);
	kref_init(&rq->ref);
	rq->dirty = user_backed_iter(to);
	rq->vecs = vecs;
	*out = rq;
	rq->nr = nr;
	return 0;
}

static ssize_t stored_late_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct stored_late_rq *rq;
	int err;

	err = stored_late_fill(&rq, to);
	if (err)
		return err;
	kref_put(&rq->ref, stored_late_free);
	return err;
}

static const struct file_operations stored_late_fops = {
	.read_iter = stored_late_read,
};
