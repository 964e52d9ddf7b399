// SPDX-License-Identifier: GPL-2.0-only
/// Store a page that moves on from where it is.
///
// Confidence: High
// Comments: The object is named twice then, so the ledger refuses one that
//           changes with each look. p->m++ as a statement, or p->m += n.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@stepping disable ptr_to_array@
expression e;
identifier m : script:python() { planned(m, "step") };
@@
(
  e.m
|
  e->m
)

@script:python step_by@
m << stepping.m;
setter;
reader;
@@
coccinelle.setter = cocci.make_ident(extra(m, "new"))
coccinelle.reader = cocci.make_ident(extra(m, "reader"))

@step disable ptr_to_array@
expression e, n;
identifier stepping.m, step_by.setter, step_by.reader;
@@
(
- e.m++;
+ setter(&e, reader(&e) + 1);
|
- e->m++;
+ setter(e, reader(e) + 1);
|
- ++e.m;
+ setter(&e, reader(&e) + 1);
|
- ++e->m;
+ setter(e, reader(e) + 1);
|
+ setter(&e, reader(&e) +
- e.m +=
  n
+ )
  ;
|
+ setter(e, reader(e) +
- e->m +=
  n
+ )
  ;
)
