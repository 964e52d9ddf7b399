// SPDX-License-Identifier: GPL-2.0-only
/// Each structure with the text of its members, nested ones included.
///
// Confidence: High
// Comments: Bit-fields and arrays keep their declarators.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit

@structure@
identifier S;
field list fs;
position p;
@@
struct S@p { fs };

@script:python@
S << structure.S;
fs << structure.fs;
p << structure.p;
@@
emit("struct", p, name=str(S), text=str(fs))
