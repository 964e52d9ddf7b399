// SPDX-License-Identifier: GPL-2.0-only
/* nothing but an I/O through a table sees the data */
#include <linux/bvec.h>
#include <linux/mm.h>

int run_written_bvec(struct file *file, unsigned long addr, loff_t *pos)
{
	struct bio_vec bvec[4];
	struct page *pages[4];
	struct iov_iter iter;
	int n, i, ret;

	n = get_user_pages_fast(addr, 4, 0, pages);
	if (n <= 0)
		return n ? n : -EFAULT;
	for (i = 0; i < n; i++) {
		bvec[i].bv_page = pages[i];
		bvec[i].bv_offset = 0;
		bvec[i].bv_len = 4096;
	}
	iov_iter_bvec(&iter, WRITE, bvec, n, n * 4096);
	ret = vfs_iter_write(file, &iter, pos, 0);
	for (i = 0; i < n; i++)
		put_page(pages[i]); /* @release */
	return ret;
}
