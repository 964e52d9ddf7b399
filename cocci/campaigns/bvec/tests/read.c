// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

struct box {
	struct bio_vec vec[4];
	struct bio_vec *at;
};

static struct page *look(struct box *box, struct bio_vec *bv, int i)
{
	struct bio_vec own = *bv;
	struct page *first = box->vec[i].bv_page;	/* an index stays */ /* @read new=bvec_page */
	struct page **from = (struct page **)bv->bv_page; /* @read new=bvec_page */

	if (!own.bv_page || box->at->bv_page != bv[i + 1].bv_page) /* @read new=bvec_page */ /* @read new=bvec_page nth=1 */ /* @read new=bvec_page nth=2 */
		return bv->bv_page->next; /* @read new=bvec_page */
	from = &bv->bv_page->parts[0]; /* @read new=bvec_page */
	/* own.bv_page is in a comment */
	memcpy_a_long_name(&box->vec[0], first, own.bv_page, box->at[i].bv_offset); /* @read new=bvec_page */
	pr_debug("own.bv_page\n");
	return (*bv).bv_page + first_of(box)->bv_page; /* @read new=bvec_page */ /* @read new=bvec_page nth=1 */
}

#define page_of(bv, i) ((bv)[i].bv_page + 1) /* @read new=bvec_page */
