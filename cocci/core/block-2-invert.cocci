// SPDX-License-Identifier: GPL-2.0-only
//
// Say of a bio that its pages carry references, not that they do not. What set
// the old flag sets none; what left it clear and has its pages released by
// bio_release_pages() sets the new one before it adds a page.

@@
@@
enum {
- BIO_NO_PAGE_REF
+ BIO_PAGE_REFFED
  , ...
};

@@
expression bio;
@@
bio_release_pages(...)
{
<...
(
-	if (!bio_flagged(bio, BIO_NO_PAGE_REF))
+	if (bio_flagged(bio, BIO_PAGE_REFFED))
		__bio_release_pages(...);
|
-	if (bio_flagged(bio, BIO_NO_PAGE_REF))
+	if (!bio_flagged(bio, BIO_PAGE_REFFED))
		return;
)
...>
}

@@
identifier f = {bio_iov_bvec_set, __bio_iov_bvec_set};
expression bio;
@@
f(...)
{
<...
-	bio_set_flag(bio, BIO_NO_PAGE_REF);
...>
}

// Only bvec iterators, of which nothing is taken, leave before this.
@@
identifier bio, iter;
statement S;
@@
bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
...
	if (iov_iter_is_bvec(iter)) S
+	bio_set_flag(bio, BIO_PAGE_REFFED);
...
}

// Where a bvec's pages are added one by one, too.
@@
identifier bio;
symbol is_bvec;
@@
bio_iov_iter_get_pages(struct bio *bio, ...)
{
...
	if (WARN_ON_ONCE(bio->bi_vcnt))
		return -EINVAL;
+	if (!is_bvec)
+		bio_set_flag(bio, BIO_PAGE_REFFED);
...
-	if (is_bvec)
-		bio_set_flag(bio, BIO_NO_PAGE_REF);
...
}

@@
identifier bio;
@@
bio_map_user_iov(...)
{
...
	if (bio == NULL)
		return ...;
+	bio_set_flag(bio, BIO_PAGE_REFFED);
...
}

@@
expression bio;
@@
dio_bio_alloc(...)
{
...
	bio = bio_alloc(...);
+	bio_set_flag(bio, BIO_PAGE_REFFED);
...
}

@@
identifier bio, page;
@@
iomap_dio_zero(...)
{
<...
	get_page(page);
+	bio_set_flag(bio, BIO_PAGE_REFFED);
	__bio_add_page(bio, page, ...);
...>
}
