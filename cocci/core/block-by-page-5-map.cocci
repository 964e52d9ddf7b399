// SPDX-License-Identifier: GPL-2.0-only
//
// Pin what a passthrough request maps. Two acquisitions, into an array on the
// stack or an allocated one, feed one release loop: both change together. What
// extracts into an allocated array with flags does not free it on an error.

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
typedef iov_iter_extraction_t;
symbol gup_flags, extraction_flags;
@@
bio_map_user_iov(...)
{
<...
(
-	unsigned int gup_flags = 0;
+	iov_iter_extraction_t extraction_flags = 0;
|
-	gup_flags |= FOLL_PCI_P2PDMA;
+	extraction_flags |= ITER_ALLOW_P2PDMA;
|
-	gup_flags
+	extraction_flags
)
...>
}

@@
expression bytes, iter, pages, most, nr, offs, flags;
@@
bio_map_user_iov(...)
{
<...
-	bytes = iov_iter_get_pages(iter, pages, most, nr, offs, flags);
+	bytes = iov_iter_extract_pages(iter, &pages, most, nr, flags, offs);
...>
}

@@
expression bytes, iter, pages, most, offs, flags;
@@
bio_map_user_iov(...)
{
<...
-	bytes = iov_iter_get_pages_alloc(iter, &pages, most, offs, flags);
+	pages = NULL;
+	bytes = iov_iter_extract_pages(iter, &pages, most, UINT_MAX, flags,
+				       offs);
+	if (bytes <= 0)
+		kvfree(pages);
...>
}
