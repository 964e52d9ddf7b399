// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

static int between(struct bio_vec *bv, struct page *page, int n)
{
	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	if (!bv->bv_page)
		return n;
	bv->bv_len = n;
	bv->bv_offset = 0;
	use(bv);

	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	n = use(bv);
	bv->bv_len = n;
	bv->bv_offset = 0;
	use(bv);

	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
#ifdef CONFIG_LARGE
	bv->bv_len = n;
#endif
	bv->bv_offset = 0;
	use(bv);

	if (n)
		bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	bv->bv_len = n;
	bv->bv_offset = 0;
	use(bv);

	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
again:
	bv->bv_len = n;
	bv->bv_offset = 0;
	goto again;
}

static void asks(struct bio_vec *bv, struct bio_vec *more, struct page *page)
{
	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	bv->bv_len = 1;
	bv->bv_offset = PAGE_SIZE - bv->bv_len;
	use(bv);

	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	bv->bv_len = 1;
	bv->bv_offset = more->bv_len;
	use(bv);

	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	bv->bv_len = length_of(more);
	bv->bv_offset = 0;

	more++->bv_page = page; /* @set new=bvec_set_page refused="is not certain" */
	more++->bv_len = 1;
	more++->bv_offset = 0;

	next_of(more)->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	next_of(more)->bv_len = 1;
	next_of(more)->bv_offset = 0;
	use(more);

	bv->bv_page = page; /* @set new=bvec_set_page refused="was not made" */
	more->bv_len = 1;
	bv->bv_offset = 0;
}
