// SPDX-License-Identifier: GPL-2.0-only
/* Entries of the caller's table, each set by a function. */
#include <linux/mm.h>
#include <linux/bvec.h>
#include <linux/uio.h>

ssize_t motor_send(struct iov_iter *iter);

ssize_t tap_send(unsigned long at, struct page **row, struct bio_vec *table,
		 int n)
{
	struct iov_iter iter;
	ssize_t ret;
	int full, i;

	full = get_user_pages_fast(at, n, 0, row);
	if (full <= 0)
		return -EFAULT;
	for (i = 0; i < full; i++)
		bvec_set_page(&table[i], row[i], PAGE_SIZE, 0);
	iov_iter_bvec(&iter, WRITE, table, full, (size_t)full << PAGE_SHIFT);
	ret = motor_send(&iter);
	for (i = 0; i < full; i++)
		put_page(row[i]); /* @release */
	return ret;
}
