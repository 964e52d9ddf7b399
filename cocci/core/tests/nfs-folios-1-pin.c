// SPDX-License-Identifier: GPL-2.0-only
#include <linux/export.h>

enum {
	PG_BUSY = 0,
	PG_MAPPED,
	PG_CLEAN,
	PG_REMOVE,
};

/* must not change: other flags */
enum {
	PG_MAPPED_ONCE,
	PG_CLEAN_ONCE,
};

extern struct nfs_page *nfs_page_create_from_page(struct nfs_open_context *ctx,
						  struct page *page,
						  unsigned int pgbase,
						  loff_t offset,
						  unsigned int count);

static void nfs_page_assign_folio(struct nfs_page *req, struct folio *folio)
{
	req->wb_folio = folio;
	folio_get(folio);
}

static void nfs_page_assign_page(struct nfs_page *req, struct page *page)
{
	req->wb_page = page;
	get_page(page);
}

struct nfs_page *nfs_page_create_from_page(struct nfs_open_context *ctx,
					   struct page *page,
					   unsigned int pgbase, loff_t offset,
					   unsigned int count)
{
	struct nfs_page *ret = nfs_page_create(ctx->l_ctx, pgbase, count);

	if (!IS_ERR(ret)) {
		nfs_page_assign_page(ret, page);
		begin_group(ret);
	}
	return ret;
}

static struct nfs_page *
nfs_create_subreq(struct nfs_page *req, unsigned int pgbase,
		  unsigned int count)
{
	struct folio *folio = nfs_page_to_folio(req);
	struct page *page = nfs_page_to_page(req, pgbase);
	struct nfs_page *ret;

	ret = nfs_page_create(req->wb_lock_context, pgbase, count);
	if (!IS_ERR(ret)) {
		if (folio)
			nfs_page_assign_folio(ret, folio);
		else
			nfs_page_assign_page(ret, page);
		/* one more */
		join_group(ret, req);
	}
	return ret;
}

static void nfs_clear_request(struct nfs_page *req)
{
	struct page *page = req->wb_page;

	if (page) {
		put_page(page);
		req->wb_page = NULL;
	}
}

/* must not change: its caller has the page */
static void nfs_end_request(struct nfs_page *req)
{
	struct page *page = req->wb_page;

	put_page(page);
}

static void nfs_direct_release_pages(struct page **pages, unsigned int npages)
{
	unsigned int i;

	for (i = 0; i < npages; i++)
		put_page(pages[i]);
}

static ssize_t nfs_direct_read_schedule_iovec(struct nfs_direct_req *dreq,
					      struct iov_iter *iter, loff_t pos)
{
	ssize_t result = 0;

	while (iov_iter_count(iter)) {
		struct page **pagevec;
		size_t pgbase, bytes;
		unsigned int npages, i;

		result = iov_iter_get_pages_alloc2(iter, &pagevec, dreq->size,
						   &pgbase);
		if (result < 0)
			break;

		npages = (result + pgbase + PAGE_SIZE - 1) / PAGE_SIZE;
		for (i = 0; i < npages; i++) {
			unsigned int req_len = length(result, pgbase);
			struct nfs_page *req;

			req = nfs_page_create_from_page(dreq->ctx, pagevec[i],
							pgbase, pos, req_len);
			if (IS_ERR(req)) {
				result = PTR_ERR(req);
				break;
			}
			if (!submit(req)) {
				nfs_release_request(req);
				break;
			}
			pgbase = 0;
		}
		nfs_direct_release_pages(pagevec, npages);
		kvfree(pagevec);
		if (result < 0)
			break;
	}
	return result;
}

/* must not change: the page cache's own requests */
static int nfs_read_ahead(struct nfs_readdesc *desc, struct folio *folio)
{
	struct nfs_page *req;

	req = nfs_page_create_from_folio(desc->ctx, folio, 0, PAGE_SIZE);
	return PTR_ERR_OR_ZERO(req);
}
