// SPDX-License-Identifier: GPL-2.0-only
//
// Pin what a passthrough request maps. Two acquisitions, into an array on the
// stack or an allocated one, feed one release loop: both change together.

@@
identifier rq, iter;
symbol bio;
@@
bio_map_user_iov(struct request *rq, struct iov_iter *iter, ...)
{
<...
-	bio_set_flag(bio, BIO_PAGE_REFFED);
+	if (iov_iter_extract_will_pin(iter))
+		bio_set_flag(bio, BIO_PAGE_PINNED);
...>
}

@@
expression bytes, iter, pages, most, nr, offs;
@@
bio_map_user_iov(...)
{
<...
-	bytes = iov_iter_get_pages2(iter, pages, most, nr, offs);
+	bytes = iov_iter_extract_pages(iter, &pages, most, nr, 0, offs);
...>
}

@@
expression bytes, iter, pages, most, offs;
@@
bio_map_user_iov(...)
{
<...
-	bytes = iov_iter_get_pages_alloc2(iter, pages, most, offs);
+	bytes = iov_iter_extract_pages_alloc(iter, pages, most, offs);
...>
}
