// SPDX-License-Identifier: GPL-2.0-only
/// Drop pins before a function is left that nobody would drop afterwards.
///
// Confidence: High
// Comments: A statement is known by its place, so this comes before all that
//           changes a function.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import at, dropping

@leaving@
statement S;
position p : script:python() { at(p, "give-back") };
@@
S@p

@script:python held@
p << leaving.p;
drop;
@@
coccinelle.drop = cocci.make_stmt(dropping(p))

@give_back@
statement leaving.S, held.drop;
position leaving.p;
@@
+ drop
  S@p
