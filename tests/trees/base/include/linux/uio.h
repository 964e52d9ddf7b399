/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

enum iter_type {
	ITER_IOVEC,
	ITER_KVEC,
	ITER_BVEC,
	ITER_PIPE,
	ITER_XARRAY,
	ITER_UBUF,
};

struct iov_iter {
	unsigned char iter_type;
	unsigned long count;
};

long iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
			 unsigned long maxsize, unsigned int maxpages,
			 unsigned long *start);
long iov_iter_get_pages_alloc2(struct iov_iter *i, struct page ***pages,
			       unsigned long maxsize, unsigned long *start);

#endif
