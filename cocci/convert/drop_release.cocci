// SPDX-License-Identifier: GPL-2.0-only
/// Drop no reference where extraction takes none.
///
// Confidence: High
// Comments: Only where kernel iterators alone reach the call, and the page is
//           used after its reference was dropped: others hold it. A count of
//           references in between is one less.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@drop_release@
identifier drop : script:python() { planned(drop, "drop") };
expression e;
@@
- drop(e);

@counted@
identifier count : script:python() { planned(count, "fewer") };
expression e;
constant most;
@@
count(e) < most

@script:python one_less@
count << counted.count;
asked;
less;
@@
coccinelle.asked = cocci.make_ident(extra(count, "token"))
coccinelle.less = cocci.make_expr(extra(count, "limit"))

@fewer@
identifier counted.count, one_less.asked;
expression one_less.less, e;
constant most;
@@
- count(e) < most
+ asked(e) < less
