/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINUX_FRAG_H
#define LINUX_FRAG_H

#include <linux/bvec.h>

typedef struct bio_vec skb_frag_t;

struct frags {
	skb_frag_t list[4];
};

static inline struct page *frag_page(const skb_frag_t *frag)
{
	return frag->bv_page;		/* @keep other-type */
}

static inline struct page *frags_page(struct frags *frags, int i)
{
	return frags->list[i].bv_page;	/* @keep other-type */
}

/* Beside those, a bio_vec that is called one. */
static inline struct page *vec_page(struct bio_vec *bv)
{
	return bv->bv_page;		/* @read */
}

/* What this is nobody can say, and it may be an skb_frag_t. */
#define UNKNOWN_PAGE(x) ((x)->bv_page)	/* @manual type-unknown */

#endif
