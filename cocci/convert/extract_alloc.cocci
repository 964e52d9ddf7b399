// SPDX-License-Identifier: GPL-2.0-only
/// Extract the pages of an iterator into an array that is allocated for them.
///
// Confidence: High
// Comments: iov_iter_extract_pages_alloc() keeps the contract of
//           iov_iter_get_pages_alloc2(): on an error or nothing the array is
//           freed and NULL. Left alone where extract.cocci leaves a call.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, has_flag, planned, renamed

@carrying_alloc@
identifier get : script:python() { has_flag(get, "extract-alloc") };
expression list es;
@@
get(es)

@script:python state_alloc@
get << carrying_alloc.get;
flag;
@@
coccinelle.flag = cocci.make_expr(extra(get, "flag"))

@set_flag_alloc@
identifier carrying_alloc.get;
expression state_alloc.flag;
expression ret, i;
expression list[3] es;
statement S1, S2;
@@
(
+ flag = iov_iter_extract_will_pin(i);
  ret = get(i, es);
|
+ flag = iov_iter_extract_will_pin(i);
  if (<+... get(i, es) ...+>) S1
|
+ flag = iov_iter_extract_will_pin(i);
  if (<+... get(i, es) ...+>) S1 else S2
)

@alloc@
identifier get : script:python() { planned(get, "extract-alloc") };
expression list es;
@@
get(es)

@script:python named_alloc@
get << alloc.get;
new;
@@
coccinelle.new = cocci.make_ident(renamed(get))

@extract_alloc@
identifier alloc.get, named_alloc.new;
expression i, pages, size, offset;
@@
- get
+ new
  (i, pages, size, offset)
