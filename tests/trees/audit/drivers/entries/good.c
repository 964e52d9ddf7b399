// SPDX-License-Identifier: GPL-2.0-only
/* The same, with all pins of an entry dropped. */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/uio.h>

struct coach {
	struct bio_vec *seats;
	unsigned short count;
	unsigned short most;
};

static void coach_cut(struct coach *coach, size_t over)
{
	unsigned int i, pages;

	do {
		struct bio_vec *end = &coach->seats[coach->count - 1];

		if (over < end->bv_len) {
			end->bv_len -= over;
			break;
		}
		pages = DIV_ROUND_UP(end->bv_offset + end->bv_len, PAGE_SIZE);
		for (i = 1; i < pages; i++)
			unpin_user_page(end->bv_page + i);
		unpin_user_page(end->bv_page);
		coach->count--;
		over -= end->bv_len;
	} while (over);
}

int coach_load(struct coach *coach, struct iov_iter *iter, size_t bytes)
{
	ssize_t got = iov_iter_extract_bvecs(iter, coach->seats, bytes,
					     &coach->count, coach->most, 0);

	if (got <= 0)
		return -EFAULT;
	coach_cut(coach, got & 511);
	return 0;
}
