// SPDX-License-Identifier: GPL-2.0-only
/// Let the structure that carries the pages say whether they are pinned.
///
// Confidence: High
// Comments: The member goes right after the one that the plan names.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import at, extra_at

@carrier@
identifier S, m;
type T;
position p : script:python() { at(p, "member") };
@@
struct S {
  ...
  T m@p;
  ...
};

@script:python added@
p << carrier.p;
flag;
@@
coccinelle.flag = cocci.make_ident(extra_at(p, "name", "member"))

@pin_member@
identifier carrier.S, carrier.m, added.flag;
type T;
position carrier.p;
@@
struct S {
  ...
  T m@p;
+ bool flag;
  ...
};
