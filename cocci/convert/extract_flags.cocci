// SPDX-License-Identifier: GPL-2.0-only
/// Extract the pages of an iterator, and carry the flags of the call over.
///
// Confidence: High
// Comments: What comes last in iov_iter_get_pages() of Linux 6.3 and 6.4 comes
//           before the offset in iov_iter_extract_pages(). All else is as in
//           extract.cocci, which also declares the pointer.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, has_flag, planned, renamed

@carrying_flags@
identifier get : script:python() { has_flag(get, "extract-flags") };
expression list es;
@@
get(es)

@script:python state_flags@
get << carrying_flags.get;
flag;
@@
coccinelle.flag = cocci.make_expr(extra(get, "flag"))

@set_flag_flags@
identifier carrying_flags.get;
expression state_flags.flag;
expression ret, i;
expression list[5] es;
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

@indirect_flags@
identifier get : script:python() { planned(get, "extract-flags", pages="other") };
expression list es;
@@
get(es)

@script:python pointer_flags@
get << indirect_flags.get;
way;
new;
@@
coccinelle.way = cocci.make_ident(extra(get, "local"))
coccinelle.new = cocci.make_ident(renamed(get))

@extract_indirect_flags@
identifier indirect_flags.get, pointer_flags.way, pointer_flags.new;
expression ret, i, pages, size, most, offset, flags;
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
  , size, most,
- offset, flags
+ flags, offset
  );
|
+ way = pages;
  if (<+...
- get
+ new
  (i,
- pages
+ &way
  , size, most,
- offset, flags
+ flags, offset
  )
  ...+>) S1
|
+ way = pages;
  if (<+...
- get
+ new
  (i,
- pages
+ &way
  , size, most,
- offset, flags
+ flags, offset
  )
  ...+>) S1 else S2
)

@direct_flags@
identifier get : script:python() { planned(get, "extract-flags", pages="pointer") };
expression list es;
@@
get(es)

@script:python named_direct_flags@
get << direct_flags.get;
new;
@@
coccinelle.new = cocci.make_ident(renamed(get))

@extract_direct_flags@
identifier direct_flags.get, named_direct_flags.new;
expression i, pages, size, most, offset, flags;
@@
- get
+ new
  (i,
- pages
+ &pages
  , size, most,
- offset, flags
+ flags, offset
  )
