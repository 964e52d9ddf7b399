// SPDX-License-Identifier: GPL-2.0-only
/// Tell the function that releases the pages whether they are pinned.
///
// Confidence: High
// Comments: A caller that has the iterator asks it. For one that has not, the
//           flag is set right behind another member of the same object, while
//           the iterator is at hand.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_convert_rules import extra, of_name, planned, says

@told@
identifier tell : script:python() { planned(tell, "argument") };
expression list es;
@@
tell(es)

@script:python saying@
tell << told.tell;
own;
word;
@@
coccinelle.own = cocci.make_ident(extra(tell, "token"))
coccinelle.word = cocci.make_expr(extra(tell, "state"))

@pass_argument@
identifier told.tell, saying.own;
expression list es;
expression saying.word;
@@
- tell
+ own
  (es
+ , word
  )

@taker@
identifier f : script:python() { says(f, "parameter") };
parameter list ps;
@@
f(ps) { ... }

@script:python heard@
f << taker.f;
way;
@@
coccinelle.way = cocci.make_ident(of_name(f, "parameter", "name"))

@pass_parameter@
identifier taker.f, heard.way;
parameter list ps;
@@
f(ps
+ , bool way
  ) { ... }

@beside@
expression target : script:python() { says(target, "state") };
expression value;
@@
target = value;

@script:python kept@
target << beside.target;
flag;
iter;
@@
coccinelle.flag = cocci.make_expr(of_name(target, "state", "flag"))
coccinelle.iter = cocci.make_expr(of_name(target, "state", "iterator"))

@keep_state@
expression beside.target, beside.value, kept.flag, kept.iter;
@@
  target = value;
+ flag = iov_iter_extract_will_pin(iter);
