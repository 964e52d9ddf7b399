// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

int meta_attach(void *owner, struct bio_vec *bvec, int nr);

static void meta_unpin(struct bio_vec *bvec, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		unpin_user_page(bvec[i].bv_page);
}

static int meta_vecs(struct bio_vec *bvec, struct page **pages, int nr,
		     ssize_t bytes, size_t offset)
{
	int i;

	for (i = 0; i < nr && bytes > 0; i++) {
		size_t len = min_t(size_t, bytes, PAGE_SIZE - offset);

		bvec_set_page(&bvec[i], pages[i], len, offset);
		bytes -= len;
		offset = 0;
	}
	return i;
}

/* Only iterators of users come here. */
int meta_map_user(void *owner, void __user *buf, ssize_t bytes)
{
	struct page *stack[8], **pages = stack;
	struct bio_vec *bvec;
	struct iov_iter iter;
	struct iovec iov;
	int nr, ret, vecs;
	size_t offset;
	ssize_t got;

	ret = import_single_range(ITER_SOURCE, buf, bytes, &iov, &iter);
	if (ret < 0)
		return ret;
	nr = iov_iter_npages(&iter, 8);
	bvec = kcalloc(nr, sizeof(*bvec), GFP_KERNEL);
	if (!bvec)
		return -ENOMEM;
	got = iov_iter_extract_pages(&iter, &pages, bytes, nr, 0, &offset);	/* @short-pin-as-full */
	if (unlikely(got < 0)) {
		ret = got;
		goto free;
	}
	vecs = meta_vecs(bvec, pages, nr, bytes, offset);
	ret = meta_attach(owner, bvec, vecs);
	if (ret)
		meta_unpin(bvec, vecs);
free:
	kfree(bvec);
	return ret;
}

void meta_unmap_user(struct bio_vec *bvec, int nr)
{
	meta_unpin(bvec, nr);
}
