// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct osd_io {
	struct bio_vec *bvecs;
	int nr;
	void *map;
};

int osd_run(struct osd_io *io, struct bio_vec *bvecs, int nr);

static ssize_t osd_get_bvecs(struct iov_iter *iter, size_t size,
			     struct bio_vec **out, int *nout)
{
	struct page *pages[16];
	struct bio_vec *bv;
	size_t start, left;
	ssize_t bytes;
	int i;

	bv = kcalloc(16, sizeof(*bv), GFP_KERNEL);
	if (!bv)
		return -ENOMEM;
	bytes = iov_iter_get_pages2(iter, pages, size, 16, &start);
	if (bytes <= 0) {
		kfree(bv);
		return bytes ? bytes : -EFAULT;
	}
	for (i = 0, left = bytes; left; i++, start = 0) {
		size_t len = min_t(size_t, left, PAGE_SIZE - start);

		bvec_set_page(&bv[i], pages[i], len, start);
		left -= len;
	}
	*out = bv;
	*nout = i;
	return bytes;
}

static void osd_put_bvecs(struct bio_vec *bv, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		put_page(bv[i].bv_page);
	kfree(bv);
}

ssize_t osd_direct_write(struct osd_io *io, struct iov_iter *iter)
{
	struct bio_vec *bvecs;
	ssize_t done = 0, len;
	int nr = 0, ret = 0;

	while (iov_iter_count(iter) > 0) {
		len = osd_get_bvecs(iter, iov_iter_count(iter), &bvecs, &nr);
		if (len < 0) {
			ret = len;
			break;
		}
		io->map = kzalloc(64, GFP_KERNEL);
		if (!io->map) {
			ret = -ENOMEM;
			break;	/* @leak-error */
		}
		ret = osd_run(io, bvecs, nr);
		osd_put_bvecs(bvecs, nr);
		kfree(io->map);
		if (ret < 0)
			break;
		done += len;
	}
	return done ? done : ret;
}
