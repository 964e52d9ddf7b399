// SPDX-License-Identifier: GPL-2.0-only
/// Record whether an iterator's pages will be pinned before they are taken.
///
// Confidence: High
// Comments: Where the caller knows the object that the releases see, and the
//           function that it calls does not. A call in a declaration, in the
//           head of a loop or in a return is left.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, planned

@filling@
identifier fill : script:python() { planned(fill, "set") };
expression list es;
@@
fill(es)

@script:python state_set@
fill << filling.fill;
flag;
i;
callee;
@@
coccinelle.flag = cocci.make_expr(extra(fill, "flag"))
coccinelle.i = cocci.make_expr(extra(fill, "iterator"))
coccinelle.callee = cocci.make_ident(extra(fill, "token"))

@set_flag_fill@
identifier filling.fill, state_set.callee;
expression state_set.flag, state_set.i;
expression ret;
expression list es;
statement S1, S2;
@@
(
+ flag = iov_iter_extract_will_pin(i);
  ret =
- fill
+ callee
  (es);
|
+ flag = iov_iter_extract_will_pin(i);
- fill
+ callee
  (es);
|
+ flag = iov_iter_extract_will_pin(i);
  if (<+...
- fill
+ callee
  (es)
  ...+>) S1
|
+ flag = iov_iter_extract_will_pin(i);
  if (<+...
- fill
+ callee
  (es)
  ...+>) S1 else S2
)
