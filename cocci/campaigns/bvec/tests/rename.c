// SPDX-License-Identifier: GPL-2.0-only
struct bio_vec {
	struct page	*bv_page; /* @rename token=bv_page new=__bv_page */
	unsigned int	bv_len;
};

static inline struct page *bvec_page(const struct bio_vec *bv)
{
	return bv->bv_page;	/* bv_page is in a comment */ /* @rename token=bv_page new=__bv_page */
}

#define BVEC_INIT(page, len) \
	{ .bv_page = page, .bv_len = len } /* @rename token=bv_page new=__bv_page */
