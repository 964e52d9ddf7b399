// SPDX-License-Identifier: GPL-2.0-only
/// Each prototype and each identifier declared without a body.
///
// Confidence: High
// Comments: Tells a declaration of an API from a call of it.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit

@prototype@
identifier f;
type T;
parameter list ps;
position p;
@@
T f@p(ps);

@script:python@
f << prototype.f;
p << prototype.p;
@@
emit("prototype", p, name=str(f))
