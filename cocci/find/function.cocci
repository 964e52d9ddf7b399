// SPDX-License-Identifier: GPL-2.0-only
/// Each function definition, with its return type and parameters.
///
// Confidence: High
// Comments: Functions that Coccinelle cannot parse are absent; the census names them.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit

@definition@
identifier f;
type T;
parameter list ps;
position p;
@@
T f@p(ps) { ... }

@script:python@
f << definition.f;
T << definition.T;
ps << definition.ps;
p << definition.p;
@@
emit("function", p, name=str(f), type=str(T), params=[str(x) for x in ps])
