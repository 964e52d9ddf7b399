// SPDX-License-Identifier: GPL-2.0-only
//
// Pin the pages of direct writes. The context has a copy of the iterator, and is
// there for as long as a request, so each release can ask it. A page that is not
// pinned carries a reference, wherever it is from. The iterator stays where it is,
// as before.

@@
typedef bool;
@@
+static bool cifs_aio_pinned(struct cifs_aio_ctx *ctx)
+{
+	return ctx->direct_io && iov_iter_extract_will_pin(&ctx->iter);
+}
+
+static void cifs_aio_hold_pages(struct cifs_aio_ctx *ctx, struct page **pages,
+				unsigned long nr_pages)
+{
+	unsigned long i;
+
+	if (cifs_aio_pinned(ctx))
+		return;
+
+	for (i = 0; i < nr_pages; i++)
+		get_page(pages[i]);
+}
+
+static void cifs_aio_drop_page(struct page *page, bool pinned)
+{
+	if (pinned)
+		unpin_user_page(page);
+	else
+		put_page(page);
+}
+
cifs_uncached_writedata_release(...) { ... }

// The call just before this drops the context.
@@
symbol wdata, i;
@@
cifs_uncached_writedata_release(...)
{
	...
	struct cifs_writedata *wdata = container_of(...);
+	bool pinned = cifs_aio_pinned(wdata->ctx);
	...
	for (...; ...; ...)
-		put_page(wdata->pages[i]);
+		cifs_aio_drop_page(wdata->pages[i], pinned);
	...
}

@@
symbol result, from, pagevec, cur_len, start;
@@
cifs_write_from_iter(...)
{
<...
-	result = iov_iter_get_pages_alloc(from, &pagevec, cur_len, &start);
+	result = iov_iter_extract_pages_alloc_noadvance(from, &pagevec, cur_len, &start);
...>
}

@@
symbol nr_pages, wdata, ctx, pagevec, i;
identifier complete;
@@
cifs_write_from_iter(...)
{
<...
	nr_pages = ...;
+	cifs_aio_hold_pages(ctx, pagevec, nr_pages);
	wdata = cifs_writedata_direct_alloc(pagevec, complete);
	if (!wdata) {
		...
		for (...; ...; ...)
-			put_page(pagevec[i]);
+			cifs_aio_drop_page(pagevec[i], cifs_aio_pinned(ctx));
		...
	}
...>
}
