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
typedef bool;
identifier create = nfs_create_request;
symbol ctx, page, offset, count;
@@
extern struct nfs_page *create(struct nfs_open_context *ctx, struct page *page,
			       unsigned int offset, unsigned int count);
+extern struct nfs_page *nfs_create_pinned_request(struct nfs_open_context *ctx,
+						   struct page *page,
+						   unsigned int offset,
+						   unsigned int count,
+						   bool pinned);

// The flag is there before anybody else can see the request.
@@
typedef bool;
symbol l_ctx, page, pgbase, offset, count, req;
@@
__nfs_create_request(struct nfs_lock_context *l_ctx, struct page *page,
		     unsigned int pgbase, unsigned int offset,
		     unsigned int count
+		     , bool pinned
		     )
{
<...
	if (page) {
		...
-		get_page(page);
+		if (pinned)
+			set_bit(PG_PINNED, &req->wb_flags);
+		else
+			get_page(page);
	}
...>
}

@@
typedef bool;
identifier c, p, from, n;
expression lock;
@@
 struct nfs_page *
-nfs_create_request(struct nfs_open_context *c, struct page *p,
-		   unsigned int from, unsigned int n)
+nfs_create_pinned_request(struct nfs_open_context *c, struct page *p,
+			  unsigned int from, unsigned int n, bool pinned)
{
<...
-	__nfs_create_request(lock, p, from, from, n)
+	__nfs_create_request(lock, p, from, from, n, pinned)
...>
}
+
+struct nfs_page *
+nfs_create_request(struct nfs_open_context *c, struct page *p,
+		   unsigned int from, unsigned int n)
+{
+	return nfs_create_pinned_request(c, p, from, n, false);
+}

// Each request of a group drops the page for itself.
@disable braces0@
typedef bool;
symbol req, pgbase, offset, count, ret;
@@
nfs_create_subreq(struct nfs_page *req, unsigned int pgbase,
		  unsigned int offset, unsigned int count)
{
+	bool pinned = test_bit(PG_PINNED, &req->wb_flags);
	...
-	ret = __nfs_create_request(req->wb_lock_context, req->wb_page,
-				   pgbase, offset, count);
+	ret = __nfs_create_request(req->wb_lock_context, req->wb_page,
+				   pgbase, offset, count, pinned);
	if (!IS_ERR(ret)) {
+		if (pinned)
+			page_extract_add_pin(ret->wb_page);
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
f(struct nfs_direct_req *dreq, struct iov_iter *iter, ...)
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
-			req = nfs_create_request(dreq->ctx, pagevec[i], pgbase, req_len);
+			req = nfs_create_pinned_request(dreq->ctx, pagevec[i], pgbase, req_len, pinned);
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
