// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/uio.h>

ssize_t sgx_from_user(void __user *buf, size_t size, struct sg_table *table,
		      unsigned int max)
{
	struct scatterlist *sg = table->sgl + table->nents;
	struct page *array[16], **pages;
	unsigned int npages;
	struct iov_iter iter;
	struct iovec iov;
	ssize_t ret = 0, res, len;
	size_t off;
	int err;

	err = import_single_range(ITER_DEST, buf, size, &iov, &iter);
	if (err < 0)
		return err;
	do {
		pages = array;
		res = iov_iter_extract_pages(&iter, &pages, size,
					     min(max, 16U), 0, &off);
		if (res < 0)
			goto failed;
		len = res;
		size -= len;
		ret += len;
		npages = DIV_ROUND_UP(off + len, PAGE_SIZE);
		max -= npages;
		for (; npages > 0; npages--) {
			struct page *page = *pages;
			size_t seg = min_t(size_t, PAGE_SIZE - off, len);

			*pages++ = NULL;
			sg_set_page(sg, page, seg, off);
			table->nents++;
			sg++;
			len -= seg;
			off = 0;
		}
	} while (size > 0 && max > 0);
	return ret;

failed:
	while (table->nents > table->orig_nents)
		put_page(sg_page(&table->sgl[--table->nents]));	/* @mismatch */
	return res;
}

void sgx_release(struct sg_table *table)
{
	while (table->nents > table->orig_nents)
		unpin_user_page(sg_page(&table->sgl[--table->nents]));
}
