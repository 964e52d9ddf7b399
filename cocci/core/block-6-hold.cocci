// SPDX-License-Identifier: GPL-2.0-only
//
// Take and drop a page of the transfer in one place each, so that both can
// change together.

@@
@@
dio_pages_present(...) { ... }
+
+static inline void dio_hold_page(struct dio *dio, struct page *page)
+{
+	get_page(page);
+}
+
+static inline void dio_drop_page(struct dio *dio, struct page *page)
+{
+	put_page(page);
+}

@@
identifier sdio;
@@
dio_bio_add_page(
+	struct dio *dio,
	struct dio_submit *sdio)
{ ... }

@@
symbol dio;
expression sdio;
@@
dio_send_cur_page(...)
{
<...
	dio_bio_add_page(
+		dio,
		sdio)
...>
}

@@
identifier f = {dio_refill_pages, dio_bio_add_page, submit_page_section};
expression e;
symbol dio;
@@
f(...)
{
<...
-	get_page(e)
+	dio_hold_page(dio, e)
...>
}

@@
identifier f = {dio_cleanup, submit_page_section, do_direct_IO,
		__blockdev_direct_IO, do_blockdev_direct_IO};
expression e;
symbol dio;
@@
f(...)
{
<...
-	put_page(e)
+	dio_drop_page(dio, e)
...>
}
