// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

ssize_t frag_fetch(struct iov_iter *iter);

/* The iterator has the bio_vecs, and the number of them is returned. */
ssize_t frag_from_user(void __user *buf, size_t count, struct iov_iter *new)
{
	struct page *array[16], **pages;
	struct bio_vec *bv;
	unsigned int nr = 0, cur, i, max;
	size_t offset, len, left = count;
	struct iov_iter from;
	struct iovec iov;
	ssize_t ret;

	ret = import_single_range(ITER_DEST, buf, count, &iov, &from);
	if (ret < 0)
		return ret;
	max = iov_iter_npages(&from, INT_MAX);
	bv = kvmalloc_array(max, sizeof(*bv), GFP_KERNEL);
	if (!bv)
		return -ENOMEM;
	while (left && nr < max) {
		pages = array;
		ret = iov_iter_extract_pages(&from, &pages, left,
					     min(max - nr, 16U), 0, &offset);
		if (ret < 0) {
			pr_err("no pages: %zd\n", ret);
			break;
		}
		left -= ret;
		ret += offset;
		cur = DIV_ROUND_UP(ret, PAGE_SIZE);
		for (i = 0; i < cur; i++) {
			len = min_t(size_t, ret, PAGE_SIZE);
			bvec_set_page(bv + nr + i, pages[i], len - offset,
				      offset);
			ret -= len;
			offset = 0;
		}
		nr += cur;
	}
	iov_iter_bvec(new, ITER_DEST, bv, nr, count - left);
	return nr;
}

ssize_t frag_read(void __user *buf, size_t count)
{
	struct iov_iter new;
	ssize_t nr, ret;
	int i;

	nr = frag_from_user(buf, count, &new);
	if (nr <= 0)
		return nr;
	ret = frag_fetch(&new);
	for (i = 0; i < nr; i++)
		unpin_user_page(new.bvec[i].bv_page);
	kvfree(new.bvec);
	return ret;
}
