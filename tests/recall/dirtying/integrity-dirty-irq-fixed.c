// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bio.h>
#include <linux/mm.h>
#include <linux/slab.h>

struct seal {
	struct bio_vec *vec;
	int nr;
};

static void seal_unpin(struct bio_vec *vec, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		unpin_user_page(vec[i].bv_page);
	}
}

int seal_map(struct seal *seal, unsigned long addr, int nr)
{
	struct page *pages[8];
	int got, i;

	got = pin_user_pages_fast(addr, min(nr, 8), 0, pages);
	if (got <= 0)
		return got ? got : -EFAULT;
	seal->vec = kcalloc(got, sizeof(*seal->vec), GFP_KERNEL);
	if (!seal->vec) {
		unpin_user_pages(pages, got);
		return -ENOMEM;
	}
	for (i = 0; i < got; i++)
		bvec_set_page(&seal->vec[i], pages[i], PAGE_SIZE, 0);
	seal->nr = got;
	return 0;
}

static void seal_end_io(struct bio *bio)
{
	struct seal *seal = bio->bi_private;

	seal_unpin(seal->vec, seal->nr);
	kfree(seal->vec);
	bio_put(bio);
}

void seal_submit(struct seal *seal, struct bio *bio)
{
	bio->bi_private = seal;
	bio->bi_end_io = seal_end_io;
	submit_bio(bio);
}
