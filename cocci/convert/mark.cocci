// SPDX-License-Identifier: GPL-2.0-only
/// Give each planned call a mark in place of its name.
///
// Confidence: High
// Comments: Once a rule has changed a function, Coccinelle reads it anew and
//           its positions are no longer those of the file. So this rule is
//           the first to change a function, all its matches are taken before
//           it does, and every other rule goes by the marks.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import CALLS, at, mark_of

@place@
identifier f;
expression list es;
position p : script:python() { at(p, *CALLS) };
@@
f@p(es)

@script:python named@
p << place.p;
mark;
@@
coccinelle.mark = cocci.make_ident(mark_of(p))

@mark@
identifier place.f, named.mark;
expression list es;
position place.p;
@@
- f@p
+ mark
  (es)
