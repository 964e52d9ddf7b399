// SPDX-License-Identifier: GPL-2.0-only
/* One entry is the user's, the next one is not. */
#include <linux/mm.h>
#include <linux/bvec.h>

int motor_send(struct bio_vec *table, int n);

int tap_send(unsigned long at)
{
	struct bio_vec table[4];
	struct page *got;
	int i, ret;

	if (get_user_pages_fast(at, 1, 0, &got) != 1)
		return -EFAULT;
	table[0] = (struct bio_vec) { .bv_page = got, .bv_len = 8 };
	table[1] = (struct bio_vec) {
		.bv_page = alloc_page(GFP_KERNEL), .bv_len = 8,
	};
	ret = motor_send(table, 2);
	for (i = 0; i < 2; i++)
		put_page(table[i].bv_page); /* @blocks */
	return ret;
}
