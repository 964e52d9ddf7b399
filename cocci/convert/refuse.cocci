// SPDX-License-Identifier: GPL-2.0-only
/// Go on refusing a kvec, which an extraction would take.
///
// Confidence: High
// Comments: extract.cocci and extract_alloc.cocci come first and leave a mark
//           in place of the name. The refusal stands right before the call, so
//           that all that was done before a failed call is done before it as
//           well. A call with no place for statements before it is left.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import clears, of_refusal, refuses

@kvec_clears@
identifier get : script:python() { clears(get) };
expression list es;
@@
get(es)

@script:python kvec_list@
get << kvec_clears.get;
pages;
@@
coccinelle.pages = cocci.make_expr(of_refusal(get, "clear"))

@kvec_clear@
identifier kvec_clears.get;
expression kvec_list.pages, ret;
expression list es;
statement S1, S2;
@@
(
+ pages = NULL;
  ret = get(es);
|
+ pages = NULL;
  return get(es);
|
+ pages = NULL;
  if (<+... get(es) ...+>) S1
|
+ pages = NULL;
  if (<+... get(es) ...+>) S1 else S2
)

@kvec_leaves@
identifier get : script:python() { refuses(get, True) };
expression list es;
@@
get(es)

@script:python kvec_way@
get << kvec_leaves.get;
test;
way;
new;
@@
coccinelle.test = cocci.make_expr(of_refusal(get, "refuse"))
coccinelle.way = cocci.make_stmt(of_refusal(get, "leave"))
coccinelle.new = cocci.make_ident(of_refusal(get, "new"))

@kvec_leave@
identifier kvec_leaves.get, kvec_way.new;
expression kvec_way.test, ret;
statement kvec_way.way;
expression list es;
statement S1, S2;
@@
(
+ if (test) way
  ret =
- get
+ new
  (es);
|
+ if (test) way
  return
- get
+ new
  (es);
|
+ if (test) way
  if (<+...
- get
+ new
  (es)
  ...+>) S1
|
+ if (test) way
  if (<+...
- get
+ new
  (es)
  ...+>) S1 else S2
)

@kvec_sets@
identifier get : script:python() { refuses(get, False) };
expression list es;
@@
get(es)

@script:python kvec_test@
get << kvec_sets.get;
test;
fail;
new;
@@
coccinelle.test = cocci.make_expr(of_refusal(get, "refuse"))
coccinelle.fail = cocci.make_stmt(of_refusal(get, "result") + " = -EFAULT;")
coccinelle.new = cocci.make_ident(of_refusal(get, "new"))

@kvec_set@
identifier kvec_sets.get, kvec_test.new;
expression kvec_test.test, ret;
statement kvec_test.fail;
expression list es;
@@
+ if (test) fail
+ else
  ret =
- get
+ new
  (es);
