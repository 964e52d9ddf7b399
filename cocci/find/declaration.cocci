// SPDX-License-Identifier: GPL-2.0-only
/// Each variable declared, with its type and its initialiser.
///
// Confidence: High
// Comments: Initialisers of operations tables tell where a function's address goes.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit

@plain disable decl_init@
type T;
identifier x;
position p;
@@
T x@p;

@script:python@
T << plain.T;
x << plain.x;
p << plain.p;
@@
emit("declare", p, type=str(T), name=str(x))

@initialised@
type T;
identifier x;
initializer e;
position p;
@@
T x@p = e;

@script:python@
T << initialised.T;
x << initialised.x;
e << initialised.e;
p << initialised.p;
@@
emit("declare", p, type=str(T), name=str(x), text=str(e))
