// SPDX-License-Identifier: GPL-2.0-only
/* Pins that are extracted into a table of bio_vecs, and put as references. */
#include <linux/mm.h>
#include <linux/bvec.h>
#include <linux/uio.h>

ssize_t tap_send(struct iov_iter *iter, struct bio_vec *table)
{
	unsigned short n = 0, i;
	ssize_t got = iov_iter_extract_bvecs(iter, table, 4096, &n, 8, 0);

	if (got <= 0)
		return got;
	for (i = 0; i < n; i++)
		unpin_user_page(table[i].bv_page);
	return got;
}

ssize_t tap_lose(struct iov_iter *iter, struct bio_vec *table)
{
	unsigned short n = 0, i;
	ssize_t got = iov_iter_extract_bvecs(iter, table, 4096, &n, 8, 0);

	if (got <= 0)
		return got;
	for (i = 0; i < n; i++)
		put_page(table[i].bv_page);
	return got;
}
