// SPDX-License-Identifier: GPL-2.0-only
/// Unpin a page where a reference was dropped; nothing around it changes.
///
// Confidence: High
// Comments: What no other rule could rewrite as a whole ends here: consuming
//           loops, signed bounds, further statements in a loop's body.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import planned

@unpin_single@
identifier drop : script:python() { planned(drop, "unpin") };
expression e;
@@
- drop
+ unpin_user_page
  (e)
