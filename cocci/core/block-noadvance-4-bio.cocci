// SPDX-License-Identifier: GPL-2.0-only
//
// Pin the pages of user-backed iterators and of pipes for a bio. The type of
// the iterator says so before anything is extracted, and a bio is filled from
// one iterator, so its pages never differ in this. The iterator is advanced
// afterwards, as before, by what went into the bio.

@@
identifier bio, iter;
symbol is_bvec;
@@
bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
<...
-	if (!is_bvec)
-		bio_set_flag(bio, BIO_PAGE_REFFED);
+	if (iov_iter_is_kvec(iter))
+		return -EFAULT;
+
+	if (iov_iter_extract_will_pin(iter))
+		bio_set_flag(bio, BIO_PAGE_PINNED);
...>
}

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

// The array overlays the bio's own segments, so there always is one.
@@
identifier f = {__bio_iov_iter_get_pages, __bio_iov_append_get_pages};
expression size, iter, pages, most, nr, offset;
@@
f(...)
{
<...
-	size = iov_iter_get_pages(iter, pages, most, nr, &offset);
+	size = iov_iter_extract_pages_noadvance(iter, &pages, most, nr, 0,
+						&offset);
...>
}
