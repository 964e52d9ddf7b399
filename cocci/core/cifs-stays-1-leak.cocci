// SPDX-License-Identifier: GPL-2.0-only
//
// Give the pages back when there is no memory for the request that would carry
// them. Their number is worked out before the request is made.

@disable decl_init@
symbol result;
@@
cifs_send_async_read(...)
{
<...
	ssize_t result;
+	unsigned int i;
...>
}

@disable braces1, drop_cast@
symbol cur_len, result, npages, start, pagevec, rdata, i;
identifier complete;
@@
cifs_send_async_read(...)
{
<...
cur_len = (size_t)result;
iov_iter_advance(...);
+ npages = (cur_len + start + PAGE_SIZE-1) / PAGE_SIZE;
rdata = cifs_readdata_direct_alloc(pagevec, complete);
if (!rdata) {
+	for (i = 0; i < npages; i++)
+		put_page(pagevec[i]);
+	kvfree(pagevec);
	...
	break;
}
- npages = (cur_len + start + PAGE_SIZE-1) / PAGE_SIZE;
...>
}

@disable braces1@
symbol pagevec, wdata, nr_pages, i;
identifier complete;
@@
cifs_write_from_iter(...)
{
<...
wdata = cifs_writedata_direct_alloc(pagevec, complete);
if (!wdata) {
+	for (i = 0; i < nr_pages; i++)
+		put_page(pagevec[i]);
+	kvfree(pagevec);
	...
	break;
}
...>
}
