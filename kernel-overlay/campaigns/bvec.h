/* SPDX-License-Identifier: GPL-2.0-only */
/* What include/linux/bvec.h gets behind struct bio_vec, where it lacks it. */

/**
 * bvec_page - tell the first page of a bvec
 * @bv: bvec to look at
 *
 * Context: Any.
 * Return: The page that @bv begins in; no reference to it is taken.
 */
static inline struct page *bvec_page(const struct bio_vec *bv)
{
	return bv->bv_page;
}

/**
 * bvec_store_page - let a bvec begin in another page
 * @bv: bvec to change; its length and offset stay
 * @page: page to begin in; no reference to it is taken, none to that before dropped
 *
 * Context: Any.
 */
static inline void bvec_store_page(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;
}

/**
 * bvec_set_page - fill a bvec
 * @bv: bvec to fill
 * @page: page that it begins in; no reference to it is taken
 * @len: bytes that it has
 * @offset: bytes of @page before it begins
 *
 * Context: Any.
 */
static inline void bvec_set_page(struct bio_vec *bv, struct page *page,
				 unsigned int len, unsigned int offset)
{
	bv->bv_page = page;
	bv->bv_len = len;
	bv->bv_offset = offset;
}

/**
 * BVEC_INIT - initialise a bvec where it is declared
 * @page: page that it begins in; no reference to it is taken
 * @len: bytes that it has
 * @offset: bytes of @page before it begins
 */
#define BVEC_INIT(page, len, offset) \
	{ .bv_page = (page), .bv_len = (len), .bv_offset = (offset) }
