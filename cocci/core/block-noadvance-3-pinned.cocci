// SPDX-License-Identifier: GPL-2.0-only
//
// A bio may carry pins instead of references. Every place that drops a page of
// a bio asks the flags; nobody sets the new one yet.

@@
@@
enum {
+ BIO_PAGE_PINNED,
  BIO_PAGE_REFFED,
  ...
};

@@
expression bio;
@@
bio_release_pages(...)
{
<...
	if (!bio_flagged(bio, BIO_PAGE_REFFED)
+	    && !bio_flagged(bio, BIO_PAGE_PINNED)
	   )
		return;
...>
}

// In front of what compares the segments of a bio.
@@
@@
+static inline void bio_release_page(struct bio *bio, struct page *page)
+{
+	if (bio_flagged(bio, BIO_PAGE_PINNED))
+		unpin_user_page(page);
+	else if (bio_flagged(bio, BIO_PAGE_REFFED))
+		put_page(page);
+}
+
biovec_phys_mergeable(...) { ... }

@@
@@
bio_put_pages(
+	struct bio *bio,
	...)
{ ... }

@@
identifier f = {__bio_iov_iter_get_pages, __bio_iov_append_get_pages};
symbol bio;
@@
f(...)
{
<...
	bio_put_pages(
+		bio,
		...)
...>
}

@@
identifier f = {bio_release_pages, bio_put_pages, bio_iov_add_page,
		bio_iov_add_zone_append_page, bio_map_user_iov,
		__bio_iov_iter_get_pages, __bio_iov_append_get_pages};
symbol bio;
expression e;
@@
f(...)
{
<...
-	put_page(e);
+	bio_release_page(bio, e);
...>
}
