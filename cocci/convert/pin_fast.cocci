// SPDX-License-Identifier: GPL-2.0-only
/// Pin user pages with pin_user_pages_fast() instead of referencing them.
///
// Confidence: High
// Comments: pin_user_pages_fast() rejects an explicit FOLL_GET, so it goes. A
//           long-lived pin says FOLL_LONGTERM; the old int write argument is
//           spelled out as flags there. FOLL_GET nested deeper than three
//           operands is left, and the ledger then refuses the group.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.planned import planned

@strip_foll_get disable bitor_comm@
expression start, nr, e1, e2, e3, pages;
identifier get : script:python() { planned(get, "pin") };
@@
get(start, nr,
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
  , pages)

@pin_short@
expression list es;
identifier get : script:python() { planned(get, "pin", longterm=False) };
@@
- get
+ pin_user_pages_fast
  (es)

@pin_long@
expression start, nr, e, c, x, y, pages;
binary operator truth = {==, !=, <, >, <=, >=, &&, ||};
identifier get : script:python() { planned(get, "pin", longterm=True) };
@@
- get
+ pin_user_pages_fast
  (start, nr,
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
  x truth y
+ ? FOLL_WRITE : 0) | FOLL_LONGTERM
|
+ (
  !c
+ ? FOLL_WRITE : 0) | FOLL_LONGTERM
|
  e
+ | FOLL_LONGTERM
)
  , pages)
