// SPDX-License-Identifier: GPL-2.0-only
//
// Give back the pages that a bio could not take. The array of the pages lies
// over the segments that are not filled yet, so what is left of it still holds.

@@
@@
+static void bio_put_pages(struct page **pages, size_t size, size_t off)
+{
+	size_t i;
+	size_t nr = DIV_ROUND_UP(size + (off & ~PAGE_MASK), PAGE_SIZE);
+
+	for (i = 0; i < nr; i++)
+		put_page(pages[i]);
+}
+
__bio_iov_bvec_add_pages(...) { ... }

@@
symbol pages, i, left, offset;
@@
__bio_iov_iter_get_pages(...)
{
<...
	if (WARN_ON_ONCE(bio_full(...)))
-		return -EINVAL;
+	{
+		bio_put_pages(pages + i, left, offset);
+		return -EINVAL;
+	}
...>
}

@@
symbol pages, i, left, offset, ret;
@@
__bio_iov_append_get_pages(...)
{
<...
	if (bio_add_hw_page(...) != ...) {
+		bio_put_pages(pages + i, left, offset);
		ret = -EINVAL;
		break;
	}
...>
}
