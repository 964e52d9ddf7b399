// SPDX-License-Identifier: GPL-2.0-only
/// Dirty and unpin a page in one call.
///
// Confidence: High
// Comments: set_page_dirty_lock() only: the call locks the page, so that an
//           unlocked set_page_dirty() is never merged. The page must be an
//           object with an address, not a call's result. Braces that only held
//           the two statements go with them.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import merges, planned

@unpin_dirty_alone@
identifier drop : script:python() { planned(drop, "unpin") and merges(drop) };
expression c, e, e1, e2, e3;
@@
(
  for (e1; e2; e3)
- {
-	if (c)
-		set_page_dirty_lock(e);
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, c);
|
  for (e1; e2; e3)
- {
-	if (c) {
-		set_page_dirty_lock(e);
-	}
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, c);
|
  for (e1; e2; e3)
- {
-	set_page_dirty_lock(e);
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, true);
|
  while (e2)
- {
-	if (c)
-		set_page_dirty_lock(e);
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, c);
|
  while (e2)
- {
-	if (c) {
-		set_page_dirty_lock(e);
-	}
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, c);
|
  while (e2)
- {
-	set_page_dirty_lock(e);
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, true);
|
  if (e2)
- {
-	if (c)
-		set_page_dirty_lock(e);
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, c);
|
  if (e2)
- {
-	if (c) {
-		set_page_dirty_lock(e);
-	}
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, c);
|
  if (e2)
- {
-	set_page_dirty_lock(e);
-	drop(e);
- }
+	unpin_user_pages_dirty_lock(&e, 1, true);
)

@unpin_dirty_if@
identifier drop : script:python() { planned(drop, "unpin") and merges(drop) };
expression c, e;
@@
(
- if (c)
-	set_page_dirty_lock(e);
- drop(e);
+ unpin_user_pages_dirty_lock(&e, 1, c);
|
- if (c) {
-	set_page_dirty_lock(e);
- }
- drop(e);
+ unpin_user_pages_dirty_lock(&e, 1, c);
)

@unpin_dirty@
identifier drop : script:python() { planned(drop, "unpin") and merges(drop) };
expression e;
@@
- set_page_dirty_lock(e);
- drop(e);
+ unpin_user_pages_dirty_lock(&e, 1, true);
