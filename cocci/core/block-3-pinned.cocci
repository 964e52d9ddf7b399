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
	if (bio_flagged(bio, BIO_PAGE_REFFED)
+	    || bio_flagged(bio, BIO_PAGE_PINNED)
	   )
		__bio_release_pages(...);
...>
}

// Next to the declarations of what puts pages into a bio.
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
blk_get_queue_kmem_cache(...) { ... }

// One call for all pages that a segment has of a folio, as for references.
@@
identifier bio, fi, nr;
@@
__bio_release_pages(struct bio *bio, ...)
{
<...
	size_t nr;
+	struct page *page = folio_page(fi.folio, fi.offset / PAGE_SIZE);
	...
-	folio_put_refs(fi.folio, nr);
+	if (bio_flagged(bio, BIO_PAGE_PINNED))
+		unpin_user_page_range_dirty_lock(page, nr, false);
+	else
+		folio_put_refs(fi.folio, nr);
...>
}

@@
identifier f = {bio_iov_add_page, bio_iov_add_zone_append_page,
		__bio_iov_iter_get_pages, bio_map_user_iov};
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
