// SPDX-License-Identifier: GPL-2.0-only
//
// Pin the pages of user-backed iterators and of pipes. Nothing is taken of
// those of other iterators, at any of the places that hold or drop a page. The
// zero page, which stands in for memory that cannot be reached and fills up
// blocks, is pinned and unpinned as any other on these trees.

@@
@@
struct dio {
	...
+	bool is_pinned;
	bool should_dirty;
	...
};

@@
identifier dio, page;
@@
dio_hold_page(struct dio *dio, struct page *page)
{
-	get_page(page);
+	if (dio->is_pinned)
+		page_extract_add_pin(page);
}

@@
identifier dio, page;
@@
dio_drop_page(struct dio *dio, struct page *page)
{
-	put_page(page);
+	if (dio->is_pinned)
+		unpin_user_page(page);
}

@@
identifier dio, bio;
@@
dio_bio_alloc(struct dio *dio, ...)
{
<...
-	bio_set_flag(bio, BIO_PAGE_REFFED);
+	if (dio->is_pinned)
+		bio_set_flag(bio, BIO_PAGE_PINNED);
...>
}

@@
identifier dio, sdio;
expression ret, most, nr, from;
@@
dio_refill_pages(struct dio *dio, struct dio_submit *sdio)
{
+	struct page **pages = dio->pages;
	...
(
+	if (iov_iter_is_kvec(sdio->iter))
+		return -EFAULT;
+
-	ret = iov_iter_get_pages2(sdio->iter, dio->pages, most, nr, from);
+	ret = iov_iter_extract_pages(sdio->iter, &pages, most, nr, 0, from);
|
+	if (iov_iter_is_kvec(sdio->iter))
+		return -EFAULT;
+
-	ret = iov_iter_get_pages(sdio->iter, dio->pages, most, nr, from);
+	ret = iov_iter_extract_pages_noadvance(sdio->iter, &pages, most, nr,
+					       0, from);
)
	...
}

@@
identifier f = {__blockdev_direct_IO, do_blockdev_direct_IO};
identifier iter;
expression dio;
@@
f(..., struct iov_iter *iter, ...)
{
<...
	dio->should_dirty = ...;
+	dio->is_pinned = iov_iter_extract_will_pin(iter);
...>
}

@@
@@
  #include <linux/mm.h>
+ #include <linux/page_extract.h>
