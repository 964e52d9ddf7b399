// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

struct buffer {
	struct bio_vec *bvec;
	struct page **pages;
	struct bio_vec vec;
};

static void lone(struct buffer *buf, struct bio_vec *bv, struct page *page, int i)
{
	bv->bv_page = page;			/* @store */
	use(bv);
	buf->bvec[i].bv_page = buf->pages[i] = alloc_page(0);	/* @store */
	if (i)
		buf->vec.bv_page = page;	/* @store */
	else
		buf->vec.bv_page = bv->bv_page;	/* @store @read */
	bv->bv_len = 1;
	bv->bv_page = page;			/* @store */
}

static int used(struct bio_vec *bv, struct page *page)
{
	struct page *same;

	same = bv->bv_page = page;		/* @manual no-form */
	if (!(bv->bv_page = alloc_page(0)))	/* @manual no-form */
		return -1;
	bv->bv_page++;				/* @step */
	++bv->bv_page;				/* @step */
	bv->bv_page += 2;			/* @step */
	bv->bv_page--;				/* @manual no-form */
	bv->bv_page -= 2;			/* @manual no-form */
	bv->bv_page += next();			/* @manual no-form */
	last(bv)->bv_page++;			/* @manual no-form */
	use(bv->bv_page++);			/* @manual no-form */
	use(same);
	return 0;
}

/* Any order, any object, and calls that change nothing. */
static void three(struct buffer *buf, struct bio_vec *bv, struct page *page, int i,
		  unsigned int len, void *addr)
{
	struct bio_vec one;

	one.bv_page = page;			/* @set */
	one.bv_len = len;
	one.bv_offset = 0;
	bv->bv_len = len;
	bv->bv_offset = offset_in_page(addr);
	bv->bv_page = virt_to_page(addr);	/* @set */
	buf->bvec[i + 1].bv_offset = len - i;
	buf->bvec[i + 1].bv_page = page;	/* @set */
	buf->bvec[i + 1].bv_len = min(len, 4096u);
	one.bv_page = bv->bv_page;		/* @set @read */
	one.bv_offset = bv->bv_offset + i;
	one.bv_len = bv->bv_len - i;
}

/* A check, a statement or another object stands between. */
static int apart(struct buffer *buf, struct bio_vec *bv, struct page *page)
{
	struct bio_vec one;

	bv->bv_page = alloc_page(0);		/* @store */
	if (!bv->bv_page)			/* @read */
		return -1;
	bv->bv_len = 1;
	bv->bv_offset = 0;
	one.bv_page = page;			/* @store */
	length(page, &one.bv_len, &one.bv_offset);
	buf->vec.bv_page = page;		/* @store */
	buf->vec.bv_len = 1;
	bv->bv_offset = 0;
	return 0;
}

/* In one call each would be asked before anything is written. */
static void in_turn(struct bio_vec *bv, struct bio_vec *other, struct page **pages,
		    int i)
{
	struct bio_vec one;

	bv->bv_page = pages[0];			/* @store */
	bv->bv_len = 12;
	bv->bv_offset = 4096 - bv->bv_len;
	use(bv);
	bv->bv_page = pages[0];			/* @store */
	bv->bv_len = 12;
	bv->bv_offset = other->bv_len;
	use(bv);
	one.bv_page = pages[0];			/* @store */
	one.bv_len = 12;
	one.bv_offset = room(&one);
	bv->bv_page = pages[i++];		/* @store */
	bv->bv_len = i;
	bv->bv_offset = 0;
	use(bv);
	bv->bv_page = alloc_page(0);		/* @store */
	bv->bv_len = size_of_last();
	bv->bv_offset = 0;
	bv[i++].bv_page = pages[0];		/* @store */
	bv[i++].bv_len = 0;
	bv[i++].bv_offset = 0;
	bv->bv_page = pages[0];			/* @store */
	bv->bv_len = 1;
	bv->bv_offset = 0;
	bv->bv_page = pages[1];			/* @store */
}

static void in_brackets(struct bio_vec *bv, struct page *page)
{
	(bv->bv_page) = page;			/* @store */
	(bv->bv_page = page);			/* @manual no-form */
	for (bv->bv_page = page; bv->bv_len; bv->bv_page = page + 1)	/* @store @manual no-form */
		bv++;
	bv->bv_page = page, bv->bv_len = 1;	/* @manual no-form */
	bv->bv_page = page;			/* @store */
	bv->bv_len = 1;
	bv++;
	bv->bv_page = page;			/* @set */
	bv->bv_len = 1;
	bv->bv_offset = 1;
}

static void in_arms(struct bio_vec *bv, struct page *page)
{
	bv->bv_page = page;			/* @store */
	bv->bv_len = 1;
#ifdef CONFIG_LATE
	bv->bv_offset = 1;
#else
	bv->bv_offset = 2;
#endif
}
