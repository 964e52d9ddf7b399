// SPDX-License-Identifier: GPL-2.0-only
/// Store a page by a call, where nothing else of the bio_vec is.
///
// Confidence: High
// Comments: Only a statement of its own: what uses the value stays.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@storing disable ptr_to_array@
expression e, page;
identifier m : script:python() { planned(m, "store") };
@@
(
  e.m = page;
|
  e->m = page;
)

@script:python store_by@
m << storing.m;
setter;
@@
coccinelle.setter = cocci.make_ident(extra(m, "new"))

@store disable ptr_to_array@
expression e, page;
identifier storing.m, store_by.setter;
@@
(
+ setter(&
  e
- .m =
+ ,
  page
+ )
  ;
|
+ setter(
  e
- ->m =
+ ,
  page
+ )
  ;
)
