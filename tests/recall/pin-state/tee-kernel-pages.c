// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

struct cell {
	struct page **pages;
	size_t num;
	bool user;
};

static void cell_put_pages(struct cell *cell)
{
	size_t n;

	if (cell->user) {
		unpin_user_pages(cell->pages, cell->num);
		return;
	}
	for (n = 0; n < cell->num; n++)
		put_page(cell->pages[n]);
}

static int cell_fill(struct cell *cell, struct iov_iter *iter)
{
	size_t off, n, num = iov_iter_npages(iter, INT_MAX);
	ssize_t len;

	cell->pages = kcalloc(num, sizeof(*cell->pages), GFP_KERNEL);
	if (!cell->pages)
		return -ENOMEM;
	len = iov_iter_extract_pages(iter, &cell->pages, LONG_MAX, num, 0,
				     &off);
	if (len <= 0) {
		kfree(cell->pages);
		return len ? len : -ENOMEM;
	}
	cell->num = DIV_ROUND_UP(off + len, PAGE_SIZE);
	cell->user = iov_iter_extract_will_pin(iter);
	for (n = 0; n < cell->num && !cell->user; n++)
		get_page(cell->pages[n]);	/* @kernel-page-ref */
	return 0;
}

/* The buffer may be kmalloc()ed. */
int cell_of_kernel(struct cell *cell, void *addr, size_t length)
{
	struct kvec kvec = { .iov_base = addr, .iov_len = length };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, length);
	return cell_fill(cell, &iter);
}

int cell_of_user(struct cell *cell, void __user *addr, size_t length)
{
	struct iov_iter iter;
	struct iovec iov;
	int ret;

	ret = import_single_range(ITER_DEST, addr, length, &iov, &iter);
	return ret < 0 ? ret : cell_fill(cell, &iter);
}

void cell_free(struct cell *cell)
{
	cell_put_pages(cell);
	kfree(cell->pages);
}
