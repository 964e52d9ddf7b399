// SPDX-License-Identifier: GPL-2.0-only
/// Dirty and unpin the pages of an array in one call.
///
// Confidence: High
// Comments: As unpin_loop.cocci. Only set_page_dirty_lock() is merged, and
//           a condition on it only where it is the same for every page.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import collapses, planned

@dirty_loop_count_guard@
identifier drop : script:python() { planned(drop, "unpin") and collapses(drop, "unpin_user_pages_dirty_lock") };
identifier i;
expression array, c, g, n;
@@
(
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- {
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	if (c)
-		set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
- }
+	unpin_user_pages_dirty_lock(array, n, c);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- {
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	if (c) {
-		set_page_dirty_lock(array[i]);
-	}
-	drop(array[i]);
- }
- }
+	unpin_user_pages_dirty_lock(array, n, c);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- {
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
- }
+	unpin_user_pages_dirty_lock(array, n, true);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	if (c)
-		set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
+	unpin_user_pages_dirty_lock(array, n, c);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	if (c) {
-		set_page_dirty_lock(array[i]);
-	}
-	drop(array[i]);
- }
+	unpin_user_pages_dirty_lock(array, n, c);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
+	unpin_user_pages_dirty_lock(array, n, true);
)

@dirty_loop_counted@
identifier drop : script:python() { planned(drop, "unpin") and collapses(drop, "unpin_user_pages_dirty_lock") };
identifier i;
expression array, c, n;
@@
(
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	if (c)
-		set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
+ unpin_user_pages_dirty_lock(array, n, c);
|
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	if (c) {
-		set_page_dirty_lock(array[i]);
-	}
-	drop(array[i]);
- }
+ unpin_user_pages_dirty_lock(array, n, c);
|
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
+ unpin_user_pages_dirty_lock(array, n, true);
|
- for (i = 0; array && i < n; \(i++\|++i\|i += 1\)) {
-	if (c)
-		set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
+ if (array)
+	unpin_user_pages_dirty_lock(array, n, c);
|
- for (i = 0; array && i < n; \(i++\|++i\|i += 1\)) {
-	if (c) {
-		set_page_dirty_lock(array[i]);
-	}
-	drop(array[i]);
- }
+ if (array)
+	unpin_user_pages_dirty_lock(array, n, c);
|
- for (i = 0; array && i < n; \(i++\|++i\|i += 1\)) {
-	set_page_dirty_lock(array[i]);
-	drop(array[i]);
- }
+ if (array)
+	unpin_user_pages_dirty_lock(array, n, true);
)

@dirty_loop_count_guard_index disable decl_init@
identifier dirty_loop_count_guard.i;
type T;
@@
- T i;
  ... when != i
      when strict

@dirty_loop_counted_index disable decl_init@
identifier dirty_loop_counted.i;
type T;
@@
- T i;
  ... when != i
      when strict
