// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/uio.h>

struct dio_seg {
	struct page *first;
	size_t offset;
	size_t length;
};

int dio_submit(struct dio_seg *seg);

/* The pages of a segment follow one another. */
static void dio_release(struct dio_seg *seg)
{
	struct page *page = seg->first;
	size_t done = 0;

	do {
		unpin_user_page(page++);	/* @offset-left-out */
		done += PAGE_SIZE;
	} while (done < seg->length);
}

static int dio_join(struct dio_seg *seg, struct page **pages, ssize_t bytes,
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

int dio_read(struct dio_seg *seg, void __user *buf, size_t count)
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
	ret = dio_join(seg, pages, bytes, offset);
	if (ret)
		return ret;
	ret = dio_submit(seg);
	dio_release(seg);
	return ret;
}
