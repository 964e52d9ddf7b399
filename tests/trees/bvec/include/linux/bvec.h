/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINUX_BVEC_H
#define LINUX_BVEC_H

#include <linux/mm.h>

struct bio_vec {
	struct page *bv_page;	/* @core */
	unsigned int bv_len;
	unsigned int bv_offset;
};

static inline void bvec_set_page(struct bio_vec *bv, struct page *page,
				 unsigned int len, unsigned int offset)
{
	bv->bv_page = page;	/* @core */
	bv->bv_len = len;
	bv->bv_offset = offset;
}

#define bvec_of(page) \
	((struct bio_vec) { .bv_page = (page), .bv_len = 512 })	/* @init */

static inline void bvec_next(struct bio_vec *bv)
{
	bv->bv_page++;		/* @step */
}

#endif
