// SPDX-License-Identifier: GPL-2.0-only
enum {
	BIO_PAGE_REFFED,
	BIO_CLONED,
};

static inline void bio_release_pages(struct bio *bio, bool dirty)
{
	if (bio_flagged(bio, BIO_PAGE_REFFED))
		__bio_release_pages(bio, dirty);
}

/* a cache for the queue */
static inline struct kmem_cache *blk_get_queue_kmem_cache(bool srcu)
{
	return srcu ? one : other;
}

void __bio_release_pages(struct bio *bio, bool dirty)
{
	struct folio_iter fi;

	bio_for_each_folio_all(fi, bio) {
		size_t nr;

		if (dirty)
			mark(fi.folio);
		nr = span(&fi);
		folio_put_refs(fi.folio, nr);
	}
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
