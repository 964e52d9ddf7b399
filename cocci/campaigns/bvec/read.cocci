// SPDX-License-Identifier: GPL-2.0-only
/// Ask the reader for a page that is only looked at.
///
// Confidence: High
// Comments: What stands around the member stays, and so does its object. The
//           isomorphism ptr_to_array would drop the index of arr[i].m, and what
//           comes of that compiles.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@reading disable ptr_to_array@
expression e;
identifier m : script:python() { planned(m, "read") };
@@
(
  e.m
|
  e->m
)

@script:python read_by@
m << reading.m;
reader;
@@
coccinelle.reader = cocci.make_ident(extra(m, "new"))

@read disable ptr_to_array@
expression e;
identifier reading.m, read_by.reader;
@@
(
+ reader(&
  e
- .m
+ )
|
+ reader(
  e
- ->m
+ )
)
