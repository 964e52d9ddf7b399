// SPDX-License-Identifier: GPL-2.0-only
/// Unpin the pages of an array in one call.
///
// Confidence: High
// Comments: Only a loop from zero up by one, over a count that is not
//           negative: as the plan says, or a guard does. A guard of the array
//           moves to an if. Everything else is left to
//           unpin_single.cocci.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import collapses, planned

@loop_count_guard@
identifier drop : script:python() { planned(drop, "unpin") and collapses(drop) };
identifier i;
expression array, g, n;
@@
(
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- {
- for (i = 0; i < n; \(i++\|++i\|i += 1\))
-	drop(array[i]);
- }
+	unpin_user_pages(array, n);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- {
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	drop(array[i]);
- }
- }
+	unpin_user_pages(array, n);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- for (i = 0; i < n; \(i++\|++i\|i += 1\))
-	drop(array[i]);
+	unpin_user_pages(array, n);
|
  if (\(n > 0\|(n > 0)\|g && n > 0\|g && (n > 0)\|n > 0 && g\|(n > 0) && g\))
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	drop(array[i]);
- }
+	unpin_user_pages(array, n);
)

@loop_counted@
identifier drop : script:python() { planned(drop, "unpin") and collapses(drop) };
identifier i;
expression array, n;
@@
(
- for (i = 0; i < n; \(i++\|++i\|i += 1\))
-	drop(array[i]);
+ unpin_user_pages(array, n);
|
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	drop(array[i]);
- }
+ unpin_user_pages(array, n);
|
- for (i = 0; array && i < n; \(i++\|++i\|i += 1\))
-	drop(array[i]);
+ if (array)
+	unpin_user_pages(array, n);
|
- for (i = 0; array && i < n; \(i++\|++i\|i += 1\)) {
-	drop(array[i]);
- }
+ if (array)
+	unpin_user_pages(array, n);
)

@loop_count_guard_index disable decl_init@
identifier loop_count_guard.i;
type T;
@@
- T i;
  ... when != i
      when strict

@loop_counted_index disable decl_init@
identifier loop_counted.i;
type T;
@@
- T i;
  ... when != i
      when strict
