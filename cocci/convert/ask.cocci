// SPDX-License-Identifier: GPL-2.0-only
/// Call a helper that drops pages only where they were pinned.
///
// Confidence: High
// Comments: Extraction takes nothing from a kernel iterator's pages, and the
//           helper does nothing else. Conditions around the call stay.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@helped@
identifier drop : script:python() { planned(drop, "ask") };
expression list es;
@@
drop(es)

@script:python question@
drop << helped.drop;
flag;
helper;
@@
coccinelle.flag = cocci.make_expr(extra(drop, "flag"))
coccinelle.helper = cocci.make_ident(extra(drop, "token"))

@ask@
identifier helped.drop, question.helper;
expression question.flag;
expression list es;
@@
+ if (flag)
- drop(es);
+ helper(es);
