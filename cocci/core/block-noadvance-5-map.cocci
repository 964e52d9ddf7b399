// SPDX-License-Identifier: GPL-2.0-only
//
// Pin what a passthrough request maps. The iterator is advanced afterwards, as
// before, by what went into the bio.

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
expression bytes, iter, pages, most, offs;
@@
bio_map_user_iov(...)
{
<...
-	bytes = iov_iter_get_pages_alloc(iter, &pages, most, &offs);
+	bytes = iov_iter_extract_pages_alloc_noadvance(iter, &pages, most,
+						       &offs);
...>
}
