// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bio.h>
#include <linux/mm.h>
#include <linux/uio.h>

bool zone_bio_fits(struct bio *bio, struct page *page, unsigned int len,
		   unsigned int offset);

int zone_bio_fill(struct bio *bio, struct iov_iter *iter)
{
	struct page *pages[16];
	ssize_t size, left;
	unsigned int len, i;
	size_t offset;
	int ret = 0;

	size = iov_iter_get_pages2(iter, pages, LONG_MAX, 16, &offset);
	if (unlikely(size <= 0))
		return size ? size : -EFAULT;
	for (left = size, i = 0; left > 0; left -= len, i++) {
		struct page *page = pages[i];

		len = min_t(size_t, PAGE_SIZE - offset, left);
		if (!zone_bio_fits(bio, page, len, offset)) {
			ret = -EINVAL;
			break;	/* @leak-error */
		}
		__bio_add_page(bio, page, len, offset);
		offset = 0;
	}
	iov_iter_revert(iter, left);
	return ret;
}

void zone_bio_done(struct bio *bio)
{
	struct bio_vec *bv;
	struct bvec_iter_all iter;

	bio_for_each_segment_all(bv, bio, iter)
		put_page(bv->bv_page);
	bio_put(bio);
}
