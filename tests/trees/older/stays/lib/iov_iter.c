// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/uio.h>

#define over_iovec(i, n, v, STEP) {				\
	for (; n; n -= v.iov_len) {				\
		v.iov_len = n;					\
		(void)(STEP);					\
	}							\
}

#define over_all_kinds(i, n, v, USER, BVEC) {			\
	struct iovec v = *(i)->iov;				\
	if ((i)->type & ITER_BVEC)				\
		(void)(BVEC);					\
	else							\
		over_iovec(i, n, v, USER)			\
}

ssize_t iov_iter_get_pages(struct iov_iter *i, struct page **pages,
			   size_t maxsize, unsigned int maxpages, size_t *start)
{
	if (maxsize > i->count)
		maxsize = i->count;

	over_all_kinds(i, maxsize, v, ({
		unsigned long addr = (unsigned long)v.iov_base;
		int n = DIV_ROUND_UP(v.iov_len, PAGE_SIZE), got;

		*start = addr & (PAGE_SIZE - 1);
		got = get_user_pages_fast(addr, min(n, maxpages),
					  iov_iter_rw(i) != WRITE ? FOLL_WRITE : 0,
					  pages);
		if (got < 0)
			return got;
		return got * PAGE_SIZE - *start;
	0;}), ({
		get_page(*pages = i->bvec->bv_page);
		return i->bvec->bv_len;
	}))
	return 0;
}

ssize_t iov_iter_get_pages_alloc(struct iov_iter *i, struct page ***pages,
				 size_t maxsize, size_t *start)
{
	*pages = kvmalloc_array(4, sizeof(struct page *), GFP_KERNEL);
	return *pages ? iov_iter_get_pages(i, *pages, maxsize, 4, start) : -ENOMEM;
}
