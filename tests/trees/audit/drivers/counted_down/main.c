// SPDX-License-Identifier: GPL-2.0-only
/* What is left of an extraction is dropped by bytes, with its offset or without. */
#include <linux/mm.h>
#include <linux/uio.h>

int down_bad(struct iov_iter *iter, struct page **pages, struct scatterlist *sg)
{
	unsigned int n, nr = 0;
	ssize_t left;
	size_t start;

	left = iov_iter_get_pages2(iter, pages, LONG_MAX, 16, &start);
	if (left <= 0)
		return left ? left : -EFAULT;
	while (left) {
		n = min_t(unsigned int, PAGE_SIZE - start, left);
		if (n & 511)
			goto undo;
		sg_set_page(&sg[nr], pages[nr], n, start);
		nr++;
		left -= n;
		start = 0;
	}
	return nr;
undo:
	while (left) {
		n = min_t(unsigned int, PAGE_SIZE, left);
		put_page(pages[nr++]);	/* @offset-left-out */
		left -= n;
	}
	return -EINVAL;
}

int down_good(struct iov_iter *iter, struct page **pages, struct scatterlist *sg)
{
	unsigned int n, nr = 0;
	ssize_t left;
	size_t start;

	left = iov_iter_get_pages2(iter, pages, LONG_MAX, 16, &start);
	if (left <= 0)
		return left ? left : -EFAULT;
	while (left) {
		n = min_t(unsigned int, PAGE_SIZE - start, left);
		if (n & 511)
			goto undo;
		sg_set_page(&sg[nr], pages[nr], n, start);
		nr++;
		left -= n;
		start = 0;
	}
	return nr;
undo:
	while (left) {
		n = min_t(unsigned int, PAGE_SIZE - start, left);
		put_page(pages[nr++]);
		left -= n;
		start = 0;
	}
	return -EINVAL;
}

/* The first page is always gone when the loop is left. */
int down_later_good(struct iov_iter *iter, struct page **pages,
		    struct scatterlist *sg)
{
	unsigned int n, nr = 0;
	ssize_t left;
	size_t start;

	left = iov_iter_get_pages2(iter, pages, LONG_MAX, 16, &start);
	if (left <= 0)
		return left ? left : -EFAULT;
	while (left) {
		n = min_t(unsigned int, PAGE_SIZE - start, left);
		sg_set_page(&sg[nr], pages[nr], n, start);
		nr++;
		left -= n;
		start = 0;
		if (n & 511)
			goto undo;
	}
	return nr;
undo:
	while (left) {
		n = min_t(unsigned int, PAGE_SIZE, left);
		put_page(pages[nr++]);
		left -= n;
	}
	return -EINVAL;
}
