// SPDX-License-Identifier: GPL-2.0-only
/* What is too much is given back, entry by entry; an entry may have many pages. */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/uio.h>

struct train {
	struct bio_vec *cars;
	unsigned short count;
	unsigned short most;
	bool pinned;
};

static void train_cut(struct train *train, size_t over)
{
	do {
		struct bio_vec *last = &train->cars[train->count - 1];

		if (over < last->bv_len) {
			last->bv_len -= over;
			break;
		}
		if (train->pinned)
			unpin_user_page(last->bv_page);	/* @one-pin-of-many */
		train->count--;
		over -= last->bv_len;
	} while (over);
}

int train_load(struct train *train, struct iov_iter *iter, size_t bytes)
{
	ssize_t got = iov_iter_extract_bvecs(iter, train->cars, bytes, &train->count,
					     train->most, 0);

	if (got <= 0)
		return -EFAULT;
	train_cut(train, got & 511);
	return 0;
}
