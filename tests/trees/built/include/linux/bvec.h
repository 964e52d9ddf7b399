/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LINUX_BVEC_H
#define LINUX_BVEC_H

#include <linux/mm.h>

/**
 * struct bio_vec - pages that follow one another
 * @bv_page: the first of them
 */
struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

void use(struct page *page, int line);

#define bvec_first(bv) ((bv)->bv_page)
#define bvec_first_at(bv, i) bvec_first(&(bv)[i])

#endif
