// SPDX-License-Identifier: GPL-2.0-only
enum {
	BIO_PAGE_REFFED,
	BIO_CLONED,
};

static inline bool biovec_phys_mergeable(struct request_queue *q)
{
	return touch(q);
}

void bio_release_pages(struct bio *bio, bool dirty)
{
	struct bvec_iter_all iter_all;
	struct bio_vec *bvec;

	if (!bio_flagged(bio, BIO_PAGE_REFFED))
		return;

	bio_for_each_segment_all(bvec, bio, iter_all) {
		if (dirty)
			mark(bvec->bv_page);
		put_page(bvec->bv_page);
	}
}

static void bio_put_pages(struct page **pages, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		put_page(pages[i]);
}

static int __bio_iov_iter_get_pages(struct bio *bio, struct page **pages)
{
	int done = add(bio, pages);

	if (done < 4)
		bio_put_pages(pages + done, 4 - done);
	return 0;
}

/* The form of an older kernel. */
static int __bio_iov_append_get_pages(struct bio *bio, struct page **pages)
{
	int done = add(bio, pages);

	if (done < 4)
		bio_put_pages(pages + done, 4 - done);
	if (merged(bio, pages[0]))
		put_page(pages[0]);
	return 0;
}

static int bio_iov_add_page(struct bio *bio, struct page *page)
{
	bool same_page = merge(bio, page);

	if (same_page)
		put_page(page);
	return 0;
}

static int bio_map_user_iov(struct bio *bio, struct page **pages, int n)
{
	int j = add(bio, pages);

	while (j < n)
		put_page(pages[j++]);
	return 0;
}

/* must not change: pages of its own */
static void bio_free_pages(struct bio *bio)
{
	put_page(bio->bi_io_vec[0].bv_page);
}
