// SPDX-License-Identifier: GPL-2.0-only
/// Give each planned member a mark in place of its name.
///
// Confidence: High
// Comments: As cocci/convert/mark.cocci does with calls: all matches are taken
//           before the first function changes, and every other rule goes by the
//           marks. The isomorphism ptr_to_array would take arr[i].m for arr->m.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import at, mark_of

@place disable ptr_to_array@
expression e;
identifier m;
position p : script:python() { at(p, "read", "set", "step", "store") };
@@
(
  e.m@p
|
  e->m@p
)

@script:python named@
p << place.p;
mark;
@@
coccinelle.mark = cocci.make_ident(mark_of(p, "read", "set", "step", "store"))

@mark disable ptr_to_array@
expression e;
identifier place.m, named.mark;
position place.p;
@@
(
  e.
- m@p
+ mark
|
  e->
- m@p
+ mark
)

@begun@
identifier v, m;
type T;
expression e;
position p : script:python() { at(p, "init") };
@@
(
  T v = { .m@p = e, };
|
  (T){ .m@p = e, }
)

@script:python initial@
p << begun.p;
sign;
@@
coccinelle.sign = cocci.make_ident(mark_of(p, "init"))

@mark_initial@
identifier v, begun.m, initial.sign;
type T;
expression e;
position begun.p;
@@
(
  T v = { .
- m@p
+ sign
  = e, };
|
  (T){ .
- m@p
+ sign
  = e, }
)
