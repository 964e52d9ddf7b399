// SPDX-License-Identifier: GPL-2.0-only
enum {
	BIO_NO_PAGE_REF,	/* said of pages */
	BIO_CLONED,
};

/* must not change: no flag of a bio */
enum other {
	OTHER_NO_PAGE_REF,
};

static inline void bio_release_pages(struct bio *bio, bool dirty)
{
	if (!bio_flagged(bio, BIO_NO_PAGE_REF))
		__bio_release_pages(bio, dirty);
}

/* The forms of older kernels. */
void bio_release_pages(struct bio *bio, bool dirty)
{
	if (bio_flagged(bio, BIO_NO_PAGE_REF))
		return;

	drop(bio, dirty);
}

static void __bio_iov_bvec_set(struct bio *bio, struct iov_iter *iter)
{
	bio->bi_io_vec = iter->bvec;
	bio_set_flag(bio, BIO_NO_PAGE_REF);
	bio_set_flag(bio, BIO_CLONED);
}

void bio_iov_bvec_set(struct bio *bio, struct iov_iter *iter)
{
	bio->bi_io_vec = iter->bvec;
	bio_set_flag(bio, BIO_NO_PAGE_REF);
	bio_set_flag(bio, BIO_CLONED);
}

int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	if (iov_iter_is_bvec(iter)) {
		bio_iov_bvec_set(bio, iter);
		return 0;
	}

	return take(bio, iter);
}

/* Where a bvec's pages are added one by one. */
int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	const bool is_bvec = iov_iter_is_bvec(iter);
	int ret;

	if (WARN_ON_ONCE(bio->bi_vcnt))
		return -EINVAL;

	ret = is_bvec ? add(bio, iter) : take(bio, iter);

	if (is_bvec)
		bio_set_flag(bio, BIO_NO_PAGE_REF);
	return ret;
}

static int bio_map_user_iov(struct request *rq, struct iov_iter *iter)
{
	struct bio *bio;

	bio = blk_rq_map_bio_alloc(rq);
	if (bio == NULL)
		return -ENOMEM;

	return take(bio, iter);
}

/* must not change: what it maps is not released with the bio */
static int bio_map_kern(struct request *rq, void *data)
{
	struct bio *bio;

	bio = blk_rq_map_bio_alloc(rq);
	if (bio == NULL)
		return -ENOMEM;

	return fill(bio, data);
}

static void dio_bio_alloc(struct dio *dio, struct block_device *bdev)
{
	struct bio *bio;

	bio = bio_alloc(bdev, dio->nr, dio->opf, GFP_KERNEL);
	dio->bio = bio;
}

static void iomap_dio_zero(struct iomap_dio *dio, unsigned int len)
{
	struct page *page = ZERO_PAGE(0);
	struct bio *bio = iomap_dio_alloc_bio(dio);

	get_page(page);
	__bio_add_page(bio, page, len, 0);
}
