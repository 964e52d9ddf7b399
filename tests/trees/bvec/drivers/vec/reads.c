// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

struct holder {
	struct bio_vec vec;
	struct bio_vec *list;
	struct bio_vec table[4];
};

struct entry {
	unsigned long page;
	unsigned int length;
};

static struct bio_vec first(struct holder *h);
static struct bio_vec *last(struct holder *h);

static void of_each_form(struct holder *h, struct bio_vec *bv, struct bio_vec **all,
			 int i)
{
	struct bio_vec one = *bv;

	use(one.bv_page);		/* @read */
	use(bv->bv_page);		/* @read */
	use((*bv).bv_page);		/* @read */
	use(h->vec.bv_page);		/* @read */
	use(h->list->bv_page);		/* @read */
	use(h->list[i].bv_page);	/* @read */
	use(h->table[i + 1].bv_page);	/* @read */
	use(all[i]->bv_page);		/* @read */
	use((bv + i)->bv_page);		/* @read */
	use(last(h)->bv_page);		/* @read */
	if (one.bv_page == bv->bv_page)	/* @read @read */
		use(one.bv_page + i);	/* @read */
	memcpy(page_address(bv->bv_page), h, sizeof(bv->bv_page));  /* @read @read */
}

static void in_another_initialiser(struct bio_vec *bv)
{
	struct entry entry = {
		.page = (unsigned long)bv->bv_page,	/* @read */
		.length = bv->bv_len,
	};

	use(&entry);
}

/* A function's result has no address, a pointer to one is one. */
static struct page *by_value(struct holder *h, struct bio_vec *bv, int i)
{
	use(first(h).bv_page);		/* @manual no-address */
	use((i ? h->vec : *bv).bv_page);	/* @manual no-address */
	return (&h->vec)->bv_page;	/* @read */
}

/* bv_page in a comment, and "bv_page" in a string. */
static void *said(struct bio_vec *bv)
{
	print("bv_page %p", bv->bv_page);	/* @read */
	return &bv->bv_page;		/* @manual no-form */
}

static_assert(offsetof(struct bio_vec, bv_page) == 0);	/* @keep layout-asked */

static struct bio_vec *around(struct page **page)
{
	return container_of(page, struct bio_vec, bv_page);	/* @keep layout-asked */
}

#if 0
static void left_out(struct bio_vec *bv)
{
	use(bv->bv_page);		/* @inactive not-compiled */
}
#endif

#ifdef CONFIG_LATE
static void in_two_heads(struct bio_vec *bv)
{
#else
static void in_two_heads(struct bio_vec *bv, int i)
{
	use(bv[i].bv_page);		/* @read */
#endif
	use(bv->bv_page);		/* @read */
}

#ifdef CONFIG_LATE
static void one_of_two(struct bio_vec *bv)
{
	use(bv->bv_page);		/* @read */
}
#else
static void one_of_two(struct bio_vec bv)
{
	use(bv.bv_page);		/* @read */
}
#endif

#define PAGE_OF(bv)	use((bv)->bv_page)	/* @read */
#define ADD_ALL(p, sum) do {				\
	while ((p)->bv_len)				\
		(sum) += count((p++)->bv_page);	/* @read */	\
} while (0)
#define VALUE_OF(bv)	use((bv).bv_page)	/* @manual macro-text */
#define SET_PAGE(bv, p)	((bv)->bv_page = (p))	/* @manual macro-text */
#define VEC(p)		{ .bv_page = (p) }	/* @init */
#define PASTE(bv, x)	((bv)->bv_##x)

static int bv_page_count(int bv_page)		/* @keep other-type */
{
	return bv_page + 1;			/* @keep other-type */
}
