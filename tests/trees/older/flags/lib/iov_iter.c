// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

static ssize_t pages_of_user(struct iov_iter *i, struct page ***pages,
			     size_t maxsize, unsigned int maxpages, size_t *start,
			     unsigned int gup_flags)
{
	int got;

	if (!user_backed_iter(i))
		return -EFAULT;
	got = get_user_pages_fast(first_segment(i, &maxsize), maxpages, gup_flags,
				  *pages);
	return got < 0 ? got : min_t(size_t, maxsize, got * PAGE_SIZE - *start);
}

ssize_t iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
			    size_t maxsize, unsigned int maxpages, size_t *start)
{
	return pages_of_user(i, &pages, maxsize, maxpages, start, 0);
}
