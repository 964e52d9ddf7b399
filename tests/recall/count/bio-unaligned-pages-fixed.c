// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/uio.h>

struct dseg_seg {
	struct page *first;
	size_t offset;
	size_t length;
};

int dseg_submit(struct dseg_seg *seg);

/* The pages of a segment follow one another. */
static void dseg_release(struct dseg_seg *seg)
{
	struct page *page = seg->first;
	size_t nr;

	nr = (seg->offset + seg->length - 1) / PAGE_SIZE -
	     seg->offset / PAGE_SIZE + 1;
	do {
		unpin_user_page(page++);
	} while (--nr != 0);
}

static int dseg_join(struct dseg_seg *seg, struct page **pages, ssize_t bytes,
		    size_t offset)
{
	int i, nr = DIV_ROUND_UP(offset + bytes, PAGE_SIZE);

	for (i = 1; i < nr; i++) {
		if (pages[i] != pages[i - 1] + 1) {
			unpin_user_pages(pages, nr);
			return -EINVAL;
		}
	}
	seg->first = pages[0];
	seg->offset = offset;
	seg->length = bytes;
	return 0;
}

int dseg_read(struct dseg_seg *seg, void __user *buf, size_t count)
{
	struct page *array[16], **pages = array;
	struct iov_iter iter;
	struct iovec iov;
	size_t offset;
	ssize_t bytes;
	int ret;

	ret = import_single_range(ITER_SOURCE, buf, count, &iov, &iter);
	if (ret < 0)
		return ret;
	bytes = iov_iter_extract_pages(&iter, &pages, count, 16, 0, &offset);
	if (bytes <= 0)
		return bytes ? bytes : -EFAULT;
	ret = dseg_join(seg, pages, bytes, offset);
	if (ret)
		return ret;
	ret = dseg_submit(seg);
	dseg_release(seg);
	return ret;
}
