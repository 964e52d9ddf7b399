// SPDX-License-Identifier: GPL-2.0-only
/// Unpin the pages of an array in one call, where they were pinned.
///
// Confidence: High
// Comments: As unpin_loop.cocci. The flag is the same for all the pages, so that
//           it is asked once. Where the loop does more than drop them it stays.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import collapses, extra, planned

@flagged_loop@
identifier drop : script:python() { planned(drop, "unpin-if") and collapses(drop) };
expression e;
@@
drop(e)

@script:python loop_condition@
drop << flagged_loop.drop;
flag;
@@
coccinelle.flag = cocci.make_expr(extra(drop, "flag"))

@unpin_flag_loop@
identifier flagged_loop.drop, i;
expression loop_condition.flag, array, n;
@@
(
- for (i = 0; i < n; \(i++\|++i\|i += 1\))
-	drop(array[i]);
+ if (flag)
+	unpin_user_pages(array, n);
|
- for (i = 0; i < n; \(i++\|++i\|i += 1\)) {
-	drop(array[i]);
- }
+ if (flag)
+	unpin_user_pages(array, n);
)

@unpin_flag_loop_index disable decl_init@
identifier unpin_flag_loop.i;
type T;
@@
- T i;
  ... when != i
      when strict
