// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

#define KEPT(x)		(*(const volatile typeof(x) *)&(x))
#define TWICE(x)	KEPT(x)
#define TRADE(a, b)	do { typeof(a) t = (a); (a) = (b); (b) = t; } while (0)
#define OF(bv, m)	((bv)->m)
#define NEXT		bv++

/* A call is no object that a macro can change, or take the address of. */
static void given(struct bio_vec *bv, struct page *page)
{
	use(TWICE(bv->bv_page));		/* @manual no-form */
	TRADE(bv->bv_page, page);		/* @manual no-form */
	use(OF(bv, bv_page));			/* @manual macro-text */
	use(container_of(bv->bv_page, struct folio, page));	/* @read */
	asm volatile("" : : "m" (bv->bv_page));	/* @manual no-form */
}

static void objects(volatile struct bio_vec *changing, struct bio_vec *bv,
		    struct page *page)
{
	register struct bio_vec fast = *bv;

	use(changing->bv_page);			/* @manual no-form */
	use(fast.bv_page);			/* @manual no-address */
	use(bv++->bv_page);			/* @manual no-form */
	NEXT->bv_page += 1;			/* @manual type-unknown */
	bv->bv_page -= 1;			/* @manual no-form */
	page = ({ bv->bv_page = page; });	/* @manual no-form */
}

/* What an object is may depend on what was stored, and a value on a pointer. */
static void stored(struct bio_vec *bv, struct page *page, unsigned int *len)
{
	bv[bv->bv_len].bv_len = 1;
	bv[bv->bv_len].bv_offset = 1;
	bv[bv->bv_len].bv_page = page;		/* @store */
	bv->bv_page = page;			/* @store */
	bv->bv_len = 1;
	bv->bv_offset = *len;
}
