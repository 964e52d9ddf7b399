// SPDX-License-Identifier: GPL-2.0-only
//
// Let a request carry the pin of its page, and pin the pages of direct I/O. A
// page that is not pinned carries a reference, wherever it is from.

@@
@@
enum {
	...,
+	PG_PINNED,
	PG_CLEAN,
	...
};

@disable extern_decl_init@
typedef bool, loff_t;
identifier create = nfs_page_create_from_page;
symbol ctx, page, pgbase, offset, count;
@@
extern struct nfs_page *create(struct nfs_open_context *ctx, struct page *page,
			       unsigned int pgbase, loff_t offset,
			       unsigned int count
+			       , bool pinned
			       );

// The flag is there before anybody else can see the request.
@@
typedef bool;
symbol req, page;
@@
nfs_page_assign_page(struct nfs_page *req, struct page *page
+		     , bool pinned
		     )
{
<...
-		get_page(page);
+		if (pinned)
+			set_bit(PG_PINNED, &req->wb_flags);
+		else
+			get_page(page);
...>
}

@@
typedef bool, loff_t;
identifier c, p, from, at, n;
symbol ret;
@@
 struct nfs_page *
nfs_page_create_from_page(struct nfs_open_context *c, struct page *p,
			  unsigned int from, loff_t at, unsigned int n
+			  , bool pinned
			  )
{
<...
-	nfs_page_assign_page(ret, p);
+	nfs_page_assign_page(ret, p, pinned);
...>
}

// Each request of a group drops the page for itself.
@disable braces3, drop_else, neg_if@
typedef bool;
symbol req, ret, folio, page;
@@
nfs_create_subreq(struct nfs_page *req, ...)
{
+	bool pinned = test_bit(PG_PINNED, &req->wb_flags);
	...
	if (!IS_ERR(ret)) {
		if (folio)
			nfs_page_assign_folio(ret, folio);
		else
-			nfs_page_assign_page(ret, page);
+			nfs_page_assign_page(ret, page, pinned);
+		if (pinned)
+			page_extract_add_pin(page);
		...
	}
	...
}

@@
symbol req, page;
@@
nfs_clear_request(struct nfs_page *req)
{
<...
-		put_page(page);
+		if (test_bit(PG_PINNED, &req->wb_flags))
+			unpin_user_page(page);
+		else
+			put_page(page);
...>
}

@@
@@
-nfs_direct_release_pages(...) { ... }

@disable decl_init@
typedef bool, loff_t;
identifier f = {nfs_direct_read_schedule_iovec,
		nfs_direct_write_schedule_iovec};
symbol dreq, iter, pos, i, pagevec, pgbase, result, npages, req_len, req, ctx;
expression size;
@@
f(struct nfs_direct_req *dreq, struct iov_iter *iter, loff_t pos, ...)
{
<...
	while (iov_iter_count(iter)) {
+		bool pinned = iov_iter_extract_will_pin(iter);
+		unsigned int used = 0;
		struct page **pagevec;
		...
+		if (iov_iter_is_kvec(iter)) {
+			result = -EFAULT;
+			break;
+		}
+
-		result = iov_iter_get_pages_alloc2(iter, &pagevec, size, &pgbase);
+		result = iov_iter_extract_pages_alloc(iter, &pagevec, size, &pgbase);
		...
		for (i = 0; ...; ...) {
			...
-			req = nfs_page_create_from_page(dreq->ctx, pagevec[i], pgbase, pos, req_len);
+			req = nfs_page_create_from_page(dreq->ctx, pagevec[i], pgbase, pos, req_len, pinned);
			if (IS_ERR(req)) {
				...
			}
+			used++;
			...
		}
-		nfs_direct_release_pages(pagevec, npages);
+		if (pinned)
+			unpin_user_pages(pagevec + used, npages - used);
		kvfree(pagevec);
		...
	}
...>
}

@@
@@
  #include <linux/export.h>
+ #include <linux/page_extract.h>
