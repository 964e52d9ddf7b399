// SPDX-License-Identifier: GPL-2.0-only
/// Let the helper decide where a condition before the call would do more.
///
// Confidence: High
// Comments: The operand of the release has a side effect, which an if would
//           make depend on the pin state; or the count of a range may be an
//           error code, which unpin_user_pages() does not take.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@helper_told@
identifier drop : script:python() { planned(drop, "unpin-told") };
expression list es;
@@
drop(es)

@script:python instead@
drop << helper_told.drop;
by;
flag;
@@
coccinelle.by = cocci.make_ident(extra(drop, "new"))
coccinelle.flag = cocci.make_expr(extra(drop, "flag"))

@unpin_told@
identifier helper_told.drop, instead.by;
expression instead.flag;
expression list es;
@@
- drop(es)
+ by(es, flag)
