// SPDX-License-Identifier: GPL-2.0-only
/// Store the page, the length and the offset of a bio_vec by one call.
///
// Confidence: High
// Comments: Three statements one behind the other, in any order. The ledger
//           refuses values that call what it does not know, or ask for what is
//           stored beside them.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@setting disable ptr_to_array@
expression e, page;
identifier m : script:python() { planned(m, "set") };
@@
(
  e.m = page;
|
  e->m = page;
)

@script:python set_by@
m << setting.m;
setter;
@@
coccinelle.setter = cocci.make_ident(extra(m, "new"))

@set disable ptr_to_array@
expression e, page, n, start;
identifier setting.m, set_by.setter;
@@
(
- e.m = page;
- e.bv_len = n;
- e.bv_offset = start;
+ setter(&e, page, n, start);
|
- e.m = page;
- e.bv_offset = start;
- e.bv_len = n;
+ setter(&e, page, n, start);
|
- e.bv_len = n;
- e.m = page;
- e.bv_offset = start;
+ setter(&e, page, n, start);
|
- e.bv_len = n;
- e.bv_offset = start;
- e.m = page;
+ setter(&e, page, n, start);
|
- e.bv_offset = start;
- e.m = page;
- e.bv_len = n;
+ setter(&e, page, n, start);
|
- e.bv_offset = start;
- e.bv_len = n;
- e.m = page;
+ setter(&e, page, n, start);
|
- e->m = page;
- e->bv_len = n;
- e->bv_offset = start;
+ setter(e, page, n, start);
|
- e->m = page;
- e->bv_offset = start;
- e->bv_len = n;
+ setter(e, page, n, start);
|
- e->bv_len = n;
- e->m = page;
- e->bv_offset = start;
+ setter(e, page, n, start);
|
- e->bv_len = n;
- e->bv_offset = start;
- e->m = page;
+ setter(e, page, n, start);
|
- e->bv_offset = start;
- e->m = page;
- e->bv_len = n;
+ setter(e, page, n, start);
|
- e->bv_offset = start;
- e->bv_len = n;
- e->m = page;
+ setter(e, page, n, start);
)
