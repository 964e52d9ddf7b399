// SPDX-License-Identifier: GPL-2.0-only
/// Unpin a page where it was pinned; where it was not, nothing is held.
///
// Confidence: High
// Comments: Extraction takes nothing from a kernel iterator's pages. Dirtying
//           beside the release stays as it is.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@flagged@
identifier drop : script:python() { planned(drop, "unpin-if") };
expression e;
@@
drop(e)

@script:python condition@
drop << flagged.drop;
flag;
@@
coccinelle.flag = cocci.make_expr(extra(drop, "flag"))

@unpin_if@
identifier flagged.drop;
expression condition.flag, e;
@@
+ if (flag)
- drop(e);
+ unpin_user_page(e);
