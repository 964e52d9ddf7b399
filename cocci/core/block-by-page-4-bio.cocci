// SPDX-License-Identifier: GPL-2.0-only
//
// Pin the pages of user-backed iterators and of pipes for a bio. The type of
// the iterator says so before anything is extracted, and a bio is filled from
// one iterator, so its pages never differ in this. The flags are renamed first
// where they are not yet those of an extraction.

@@
identifier bio, iter;
@@
bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
<...
-	bio_set_flag(bio, BIO_PAGE_REFFED);
+	if (iov_iter_is_kvec(iter))
+		return -EFAULT;
+
+	if (iov_iter_extract_will_pin(iter))
+		bio_set_flag(bio, BIO_PAGE_PINNED);
...>
}

@@
typedef iov_iter_extraction_t;
symbol gup_flags, extraction_flags;
@@
__bio_iov_iter_get_pages(...)
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

// The array overlays the bio's own segments, so there always is one.
@@
expression size, iter, pages, most, nr, offset, flags;
@@
__bio_iov_iter_get_pages(...)
{
<...
-	size = iov_iter_get_pages(iter, pages, most, nr, &offset, flags);
+	size = iov_iter_extract_pages(iter, &pages, most, nr, flags, &offset);
...>
}
