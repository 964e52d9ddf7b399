// SPDX-License-Identifier: GPL-2.0-only
static unsigned int part(ssize_t left, size_t offset)
{
	return min_t(size_t, PAGE_SIZE - offset, left);
}

static int __bio_iov_bvec_add_pages(struct bio *bio, struct iov_iter *iter)
{
	return add(bio, iter->bvec);
}

static int __bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = (struct page **)bio->bi_io_vec;
	size_t offset;
	ssize_t left;
	unsigned int i, len;

	for (left = take(iter, pages, &offset), i = 0; left > 0; left -= len, i++) {
		len = part(left, offset);
		if (!merge(bio, pages[i], len, offset)) {
			if (WARN_ON_ONCE(bio_full(bio, len)))
				return -EINVAL;
			__bio_add_page(bio, pages[i], len, offset);
		}
		offset = 0;
	}
	return 0;
}

static int __bio_iov_append_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = (struct page **)bio->bi_io_vec;
	size_t offset;
	ssize_t left;
	unsigned int i, len;
	int ret = 0;

	for (left = take(iter, pages, &offset), i = 0; left > 0; left -= len, i++) {
		len = part(left, offset);
		if (bio_add_hw_page(bio, pages[i], len, offset) != len) {
			ret = -EINVAL;
			break;
		}
		offset = 0;
	}
	return ret;
}

/* must not change: it has no pages of its own */
static int add_all(struct bio *bio, struct page *page, unsigned int len)
{
	int ret = 0;

	if (WARN_ON_ONCE(bio_full(bio, len)))
		return -EINVAL;
	if (bio_add_hw_page(bio, page, len, 0) != len) {
		ret = -EINVAL;
	}
	return ret;
}
