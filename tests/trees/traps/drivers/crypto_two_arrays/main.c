// SPDX-License-Identifier: GPL-2.0-only
/* source and destination in one array, dropped from either end */
#include <linux/mm.h>

struct op_crypto_two {
	struct page **pages;
	int src_nr, dst_nr;
};

int take_crypto_two(struct op_crypto_two *op, unsigned long src,
		    unsigned long dst)
{
	int got = get_user_pages_fast(src, op->src_nr, 0, op->pages);

	if (got != op->src_nr) {
		op->src_nr = got < 0 ? 0 : got;
		op->dst_nr = 0;
		return -EFAULT;
	}
	got = get_old_pages(dst, op->dst_nr, op->pages + op->src_nr);
	if (got != op->dst_nr)
		return -EFAULT;
	return 0;
}

void drop_crypto_two(struct op_crypto_two *op)
{
	int i;

	for (i = 0; i < op->src_nr + op->dst_nr; i++)
		put_page(op->pages[i]); /* @mixed */
}
