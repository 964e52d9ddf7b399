// SPDX-License-Identifier: GPL-2.0-only
/// Drop as many pins as were taken, not as many as were asked for.
///
// Confidence: High
// Comments: A failed call returns an error, which is no number of pages.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@dropping@
identifier drop : script:python() { planned(drop, "drop-taken") };
expression list es;
@@
drop(es)

@script:python taken@
drop << dropping.drop;
count;
own;
@@
coccinelle.count = cocci.make_expr(extra(drop, "count"))
coccinelle.own = cocci.make_ident(extra(drop, "token"))

@drop_some@
identifier dropping.drop : script:python() { planned(drop, "drop-taken", maybe=True) };
identifier taken.own;
expression taken.count, pages, n;
expression list es;
@@
+ if (count > 0)
- drop(pages, n, es);
+ own(pages, count, es);

@drop_taken@
identifier dropping.drop, taken.own;
expression taken.count, pages, n;
@@
- drop
+ own
  (pages,
- n
+ count
  , ...)
