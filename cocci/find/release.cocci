// SPDX-License-Identifier: GPL-2.0-only
/// Each call of a function that drops references to pages, or pins of them.
///
// Confidence: High
// Comments: The names come with the query. A name that is passed on, and
//           called through a pointer, is no call and is not found.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import drops, emit

@release@
identifier f : script:python() { drops(f) };
expression list es;
position p;
@@
f@p(es)

@script:python@
f << release.f;
p << release.p;
@@
emit("release", p, name=str(f))
