// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bio.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct prot {
	struct bio_vec *vec;
	int nr;
};

static void prot_unpin(struct bio_vec *vec, int nr, bool dirty)
{
	int i;

	for (i = 0; i < nr; i++) {
		if (dirty)
			set_page_dirty_lock(vec[i].bv_page);	/* @dirty-lock-atomic */
		unpin_user_page(vec[i].bv_page);
	}
}

int prot_map(struct prot *prot, unsigned long addr, int nr)
{
	struct page *pages[8];
	int got, i;

	got = pin_user_pages_fast(addr, min(nr, 8), FOLL_WRITE, pages);
	if (got <= 0)
		return got ? got : -EFAULT;
	prot->vec = kcalloc(got, sizeof(*prot->vec), GFP_KERNEL);
	if (!prot->vec) {
		unpin_user_pages(pages, got);
		return -ENOMEM;
	}
	for (i = 0; i < got; i++)
		bvec_set_page(&prot->vec[i], pages[i], PAGE_SIZE, 0);
	prot->nr = got;
	return 0;
}

static void prot_end_io(struct bio *bio)
{
	struct prot *prot = bio->bi_private;

	prot_unpin(prot->vec, prot->nr, bio_data_dir(bio) == READ);
	kfree(prot->vec);
	bio_put(bio);
}

void prot_submit(struct prot *prot, struct bio *bio)
{
	bio->bi_private = prot;
	bio->bi_end_io = prot_end_io;
	submit_bio(bio);
}
