// SPDX-License-Identifier: GPL-2.0-only
/// Pin user pages with pin_user_pages*() instead of referencing them.
///
// Confidence: High
// Comments: The plan names the form that pins, and which argument has the
//           flags in this tree. A call that pins rejects an explicit
//           FOLL_GET, so it goes. A long-lived pin says FOLL_LONGTERM; the
//           old int write argument is spelled out as flags there. Where a
//           macro passes its flags on, those who use it say so. FOLL_GET
//           nested deeper than three operands is left, and the ledger then
//           refuses the group.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, lasting, pinning, planned

@strip_foll_get disable bitor_comm@
expression list before, after;
expression e1, e2, e3;
identifier get : script:python() { planned(get, "pin") };
@@
get(before,
(
- FOLL_GET
+ 0
|
- FOLL_GET |
  e1
|
  e1
- | FOLL_GET
|
- FOLL_GET |
  e1 | e2
|
  e1
- | FOLL_GET
  | e2
|
- FOLL_GET |
  e1 | e2 | e3
|
  e1
- | FOLL_GET
  | e2 | e3
)
  , after)

@brief@
expression list es;
identifier get : script:python() { planned(get, "pin", longterm=False) };
@@
get(es)

@script:python brief_name@
get << brief.get;
pin;
@@
coccinelle.pin = cocci.make_ident(extra(get, "new"))

@pin_brief@
identifier brief.get, brief_name.pin;
expression list es;
@@
- get
+ pin
  (es)

@spliced@
expression list[n] before;
expression list after;
expression flags;
identifier get : script:python() { lasting(get, spliced=True) };
@@
get(before, flags, after)

@script:python spliced_flags@
get << spliced.get;
n << spliced.n;
@@
cocci.include_match(n == extra(get, "flags"))

@keep_together depends on spliced_flags@
identifier spliced.get;
expression list[spliced.n] before;
expression list after;
expression e;
@@
get(before,
+ (
  e
+ )
  , after)

@lasting@
expression list[n] before;
expression list after;
expression flags;
identifier get : script:python() { lasting(get) };
@@
get(before, flags, after)

@script:python lasting_name@
get << lasting.get;
n << lasting.n;
pin;
@@
coccinelle.pin = cocci.make_ident(pinning(get))
cocci.include_match(n == extra(get, "flags"))

@pin_lasting@
identifier lasting.get, lasting_name.pin;
expression list[lasting.n] before;
expression list after;
expression e, c, x, y;
binary operator truth = {==, !=, <, >, <=, >=, &&, ||};
binary operator tight = {&, ^, <<, >>, +, -, *, /, %};
assignment operator gives;
@@
- get
+ pin
  (before,
(
- 0
+ FOLL_LONGTERM
|
- 1
+ FOLL_WRITE | FOLL_LONGTERM
|
+ (
  c ? x : y
+ ) | FOLL_LONGTERM
|
+ (
  c ?: y
+ ) | FOLL_LONGTERM
|
+ (
  x truth y
+ ? FOLL_WRITE : 0) | FOLL_LONGTERM
|
+ (
  !c
+ ? FOLL_WRITE : 0) | FOLL_LONGTERM
|
+ (
  x tight y
+ ) | FOLL_LONGTERM
|
+ (
  x gives y
+ ) | FOLL_LONGTERM
|
  e
+ | FOLL_LONGTERM
)
  , after)
