// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>

/* Names the member by a macro of a macro alone. */
void through(struct bio_vec *bv, int n)
{
	use(bvec_first_at(bv, n), 0);
}
