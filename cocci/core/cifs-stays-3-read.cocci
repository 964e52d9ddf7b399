// SPDX-License-Identifier: GPL-2.0-only
//
// Pin the pages of direct reads, as those of direct writes. The iterator stays
// where it is, as before.

@@
symbol rdata, i;
@@
cifs_uncached_readdata_release(...)
{
	...
	struct cifs_readdata *rdata = container_of(...);
+	bool pinned = cifs_aio_pinned(rdata->ctx);
	...
	for (...; ...; ...) {
-		put_page(rdata->pages[i]);
+		cifs_aio_drop_page(rdata->pages[i], pinned);
	}
	...
}

// Pages behind a short answer are dropped ahead of the others.
@@
symbol page, rdata;
@@
uncached_fill_pages(...)
{
<...
-	put_page(page);
+	cifs_aio_drop_page(page, cifs_aio_pinned(rdata->ctx));
...>
}

@@
symbol result, direct_iov, pagevec, cur_len, start;
@@
cifs_send_async_read(...)
{
<...
-	result = iov_iter_get_pages_alloc(&direct_iov, &pagevec, cur_len,
-					  &start);
+	result = iov_iter_extract_pages_alloc_noadvance(&direct_iov, &pagevec, cur_len,
+							&start);
...>
}

@@
symbol npages, rdata, ctx, pagevec, i;
identifier complete;
@@
cifs_send_async_read(...)
{
<...
	npages = ...;
+	cifs_aio_hold_pages(ctx, pagevec, npages);
	rdata = cifs_readdata_direct_alloc(pagevec, complete);
	if (!rdata) {
		for (...; ...; ...)
-			put_page(pagevec[i]);
+			cifs_aio_drop_page(pagevec[i], cifs_aio_pinned(ctx));
		...
	}
...>
}
