// SPDX-License-Identifier: GPL-2.0-only
/* The members in their order, behind a pointer. */
#include <linux/mm.h>
#include <linux/bvec.h>
#include <linux/uio.h>

ssize_t motor_send(struct iov_iter *iter);

ssize_t tap_send(unsigned long at)
{
	struct iov_iter iter;
	struct bio_vec one, *entry = &one;
	struct page *got;
	ssize_t ret;

	if (get_user_pages_fast(at, 1, 0, &got) != 1)
		return -EFAULT;
	*entry = (struct bio_vec) { got, PAGE_SIZE, 0 };
	iov_iter_bvec(&iter, WRITE, entry, 1, PAGE_SIZE);
	ret = motor_send(&iter);
	put_page(one.bv_page); /* @release */
	return ret;
}
