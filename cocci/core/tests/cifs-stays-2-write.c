// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>

static void cifs_uncached_writedata_release(struct kref *refcount)
{
	int i;
	struct cifs_writedata *wdata = container_of(refcount,
					struct cifs_writedata, refcount);

	kref_put(&wdata->ctx->refcount, cifs_aio_ctx_release);
	for (i = 0; i < wdata->nr_pages; i++)
		put_page(wdata->pages[i]);
	cifs_writedata_release(refcount);
}

/* must not change: pages of the page cache */
static void cifs_writev_complete(struct cifs_writedata *wdata)
{
	int i;

	for (i = 0; i < wdata->nr_pages; i++)
		put_page(wdata->pages[i]);
}

static int cifs_write_from_iter(struct iov_iter *from, size_t len,
				struct cifs_aio_ctx *ctx)
{
	unsigned long nr_pages, i;
	struct page **pagevec;
	size_t start;

	do {
		if (ctx->direct_io) {
			ssize_t result;

			result = iov_iter_get_pages_alloc(
				from, &pagevec, cur_len, &start);
			if (result < 0)
				return result;

			nr_pages =
				(cur_len + start + PAGE_SIZE - 1) / PAGE_SIZE;

			wdata = cifs_writedata_direct_alloc(pagevec, done);
			if (!wdata) {
				rc = -ENOMEM;
				for (i = 0; i < nr_pages; i++)
					put_page(pagevec[i]);
				kvfree(pagevec);
				break;
			}
		} else {
			/* must not change: pages that were allocated */
			nr_pages = get_numpages(len, &cur_len);
			wdata = cifs_writedata_alloc(nr_pages, done);
			rc = wdata_fill_from_iovec(wdata, from, &cur_len);
			if (rc) {
				for (i = 0; i < nr_pages; i++)
					put_page(wdata->pages[i]);
				break;
			}
		}
	} while (len > 0);
	return 0;
}
