// SPDX-License-Identifier: GPL-2.0-only
//
// A page that was merged into the segment of its own page has one reference
// too many, since the release counts the pages of a segment. Drop it where the
// merge succeeds. Where adding fails nothing was merged, and the loop that
// follows drops the page.

@@
statement S;
symbol page, same_page;
@@
bio_map_user_iov(...)
{
<...
	if (!bio_add_hw_page(...))
-		S
+		break;
+	if (same_page)
+		put_page(page);
...>
}
