// SPDX-License-Identifier: GPL-2.0-only
/// Mark pages dirty that were written to, before their pins are dropped.
///
// Confidence: High
// Comments: The calls that lock each page for it may sleep; the plan names
//           only places where that is allowed.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import planned

@mark_range@
identifier drop : script:python() { planned(drop, "mark-range") };
expression pages, n;
@@
- drop
+ unpin_user_pages_dirty_lock
  (pages, n
+ , true
  )

@mark_page@
identifier drop : script:python() { planned(drop, "mark-page") };
expression page;
@@
- drop(page)
+ unpin_user_pages_dirty_lock(&page, 1, true)

@mark_locked@
identifier dirty : script:python() { planned(dirty, "mark-locked") };
expression page;
@@
- dirty
+ set_page_dirty_lock
  (page)
