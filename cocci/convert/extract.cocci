// SPDX-License-Identifier: GPL-2.0-only
/// Extract the pages of an iterator instead of referencing them.
///
// Confidence: High
// Comments: iov_iter_extract_pages() takes the address of a pointer to the
//           array, so an array, a member or a single page is passed through
//           a local pointer. A call in a declaration, in the head of a loop
//           or in a return has no place for statements before it: it is left.
//           Where the tree's call leaves the iterator where it is, the plan
//           names the extraction that does so too.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import (
    declares, extra, has_flag, local_of, planned, renamed)

@carrying@
identifier get : script:python() { has_flag(get, "extract") };
expression list es;
@@
get(es)

@script:python state@
get << carrying.get;
flag;
@@
coccinelle.flag = cocci.make_expr(extra(get, "flag"))

@set_flag@
identifier carrying.get;
expression state.flag;
expression ret, i;
expression list[4] es;
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

@indirect@
identifier get : script:python() { planned(get, "extract", pages="other") };
expression list es;
@@
get(es)

@script:python pointer@
get << indirect.get;
way;
new;
@@
coccinelle.way = cocci.make_ident(extra(get, "local"))
coccinelle.new = cocci.make_ident(renamed(get))

@extract_indirect@
identifier indirect.get, pointer.way, pointer.new;
expression ret, i, pages, size, most, offset;
statement S1, S2;
@@
(
+ way = pages;
  ret =
- get
+ new
  (i,
- pages
+ &way
  , size, most
+ , 0
  , offset);
|
+ way = pages;
  if (<+...
- get
+ new
  (i,
- pages
+ &way
  , size, most
+ , 0
  , offset)
  ...+>) S1
|
+ way = pages;
  if (<+...
- get
+ new
  (i,
- pages
+ &way
  , size, most
+ , 0
  , offset)
  ...+>) S1 else S2
)

@direct@
identifier get : script:python() { planned(get, "extract", pages="pointer") };
expression list es;
@@
get(es)

@script:python named_direct@
get << direct.get;
new;
@@
coccinelle.new = cocci.make_ident(renamed(get))

@extract_direct@
identifier direct.get, named_direct.new;
expression i, pages, size, most, offset;
@@
- get
+ new
  (i,
- pages
+ &pages
  , size, most
+ , 0
  , offset)

@user@
identifier f : script:python() { declares(f) };
@@
f(...) { ... }

@script:python declared@
f << user.f;
way;
@@
coccinelle.way = cocci.make_ident(local_of(f))

@declare_pointer@
identifier user.f, declared.way;
@@
f(...) {
+ struct page **way;
  ...
}
