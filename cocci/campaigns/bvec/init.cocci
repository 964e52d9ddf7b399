// SPDX-License-Identifier: GPL-2.0-only
/// Initialise a bio_vec by a macro that knows its members.
///
// Confidence: High
// Comments: Their order does not matter, and a member that is left out is 0.
//           One bio_vec by itself: SmPL cannot name an initialiser within
//           another, so the elements of an array stay, and are refused.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@starting@
expression page;
identifier v, m : script:python() { planned(m, "init") };
type T;
@@
(
  T v = { .m = page, };
|
  (T){ .m = page, }
)

@script:python init_by@
m << starting.m;
INIT;
@@
coccinelle.INIT = cocci.make_ident(extra(m, "new"))

@init@
expression page, n, start;
identifier v, starting.m, init_by.INIT;
type T;
@@
(
  T v =
- { .m = page, .bv_len = n, .bv_offset = start }
+ INIT(page, n, start)
  ;
|
  T v =
- { .m = page, .bv_len = n }
+ INIT(page, n, 0)
  ;
|
  T v =
- { .m = page, .bv_offset = start }
+ INIT(page, 0, start)
  ;
|
  T v =
- { .m = page }
+ INIT(page, 0, 0)
  ;
|
- (T){ .m = page, .bv_len = n, .bv_offset = start }
+ (T)INIT(page, n, start)
|
- (T){ .m = page, .bv_len = n }
+ (T)INIT(page, n, 0)
|
- (T){ .m = page, .bv_offset = start }
+ (T)INIT(page, 0, start)
|
- (T){ .m = page }
+ (T)INIT(page, 0, 0)
)
