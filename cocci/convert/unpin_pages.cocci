// SPDX-License-Identifier: GPL-2.0-only
/// Unpin a range of pages where one call dropped its references.
///
// Confidence: High
// Comments: Only where the count is not negative on any way there: the old
//           call takes an int and drops nothing then, the new one takes an
//           unsigned long.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import planned

@unpin_pages@
identifier drop : script:python() { planned(drop, "unpin-pages") };
expression pages, n;
@@
- drop
+ unpin_user_pages
  (pages, n)
