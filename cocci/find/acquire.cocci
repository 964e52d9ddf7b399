// SPDX-License-Identifier: GPL-2.0-only
/// Each call of a function that takes references to pages, or pins them.
///
// Confidence: High
// Comments: The names come with the query; the census counts the same
//           tokens in the text, and both must agree.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit, named

@call@
identifier f : script:python() { named(f) };
expression list es;
position p;
@@
f@p(es)

@script:python@
f << call.f;
p << call.p;
@@
emit("call", p, name=str(f))
