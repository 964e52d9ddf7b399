// SPDX-License-Identifier: GPL-2.0-only
/// Each expression statement and each returned expression.
///
// Confidence: High
// Comments: The text is what Coccinelle prints; positions span the expression.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit

@effect@
expression e;
position p;
@@
e@p;

@script:python@
e << effect.e;
p << effect.p;
@@
emit("effect", p, text=str(e))

@returned@
expression e;
position p;
@@
return e@p;

@script:python@
e << returned.e;
p << returned.p;
@@
emit("return", p, text=str(e))
