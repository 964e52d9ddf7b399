// SPDX-License-Identifier: GPL-2.0-only
static void cifs_uncached_readdata_release(struct kref *refcount)
{
	struct cifs_readdata *rdata = container_of(refcount,
					struct cifs_readdata, refcount);
	unsigned int i;

	kref_put(&rdata->ctx->refcount, cifs_aio_ctx_release);
	for (i = 0; i < rdata->nr_pages; i++) {
		put_page(rdata->pages[i]);
	}
	cifs_readdata_release(refcount);
}

static int uncached_fill_pages(struct cifs_readdata *rdata, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < rdata->nr_pages; i++) {
		struct page *page = rdata->pages[i];

		if (len <= 0) {
			rdata->pages[i] = NULL;
			put_page(page);
			continue;
		}
		len -= fill(page);
	}
	return 0;
}

/* must not change: pages of the page cache */
static int readpages_fill_pages(struct cifs_readdata *rdata)
{
	struct page *page = rdata->pages[0];

	unlock_page(page);
	put_page(page);
	return 0;
}

static int cifs_send_async_read(struct cifs_aio_ctx *ctx, size_t len)
{
	struct iov_iter direct_iov = ctx->iter;
	struct page **pagevec;
	size_t cur_len, start;
	unsigned int npages;

	do {
		if (ctx->direct_io) {
			ssize_t result;
			unsigned int i;

			result = iov_iter_get_pages_alloc(
					&direct_iov, &pagevec,
					cur_len, &start);
			if (result < 0)
				return result;
			cur_len = (size_t)result;
			npages = (cur_len + start + PAGE_SIZE - 1) / PAGE_SIZE;

			rdata = cifs_readdata_direct_alloc(pagevec, done);
			if (!rdata) {
				for (i = 0; i < npages; i++)
					put_page(pagevec[i]);
				kvfree(pagevec);
				break;
			}
		} else {
			/* must not change: pages that are allocated */
			npages = DIV_ROUND_UP(cur_len, PAGE_SIZE);
			rdata = cifs_readdata_alloc(npages, done);
			rc = cifs_read_allocate_pages(rdata, npages);
		}
	} while (len > 0);
	return 0;
}
