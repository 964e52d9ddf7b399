// SPDX-License-Identifier: GPL-2.0-only
/// Each condition of if, while and for, and each iterator macro's head.
///
// Confidence: High
// Comments: Conditions of do-while and switch have no position in 1.1.1; a page named in one is an unknown use.
// Options: --no-includes

@initialize:python@
@@
import os
import sys

sys.path.insert(0, os.environ["GUP2PIN_LIB"])
from pinlib.spatch.in_find_rules import emit

@if_then@
expression e;
statement S;
position p;
@@
if (e@p) S

@script:python@
e << if_then.e;
p << if_then.p;
@@
emit("if", p, text=str(e))

@if_else disable drop_else, neg_if, neg_if_exp@
expression e;
statement S1, S2;
position p;
@@
if (e@p) S1 else S2

@script:python@
e << if_else.e;
p << if_else.p;
@@
emit("if", p, text=str(e))

@while_loop@
expression e;
statement S;
position p;
@@
while (e@p) S

@script:python@
e << while_loop.e;
p << while_loop.p;
@@
emit("while", p, text=str(e))

@for_start@
expression e1, e2, e3;
statement S;
position p;
@@
(
for (e1@p; e2; e3) S
|
for (e1@p; e2; ) S
|
for (e1@p; ; e3) S
|
for (e1@p; ; ) S
)

@script:python@
e1 << for_start.e1;
p << for_start.p;
@@
emit("effect", p, text=str(e1))

@for_test@
expression e1, e2, e3;
statement S;
position p;
@@
(
for (e1; e2@p; e3) S
|
for (e1; e2@p; ) S
|
for (; e2@p; e3) S
|
for (; e2@p; ) S
)

@script:python@
e2 << for_test.e2;
p << for_test.p;
@@
emit("for", p, text=str(e2))

@for_step@
expression e1, e2, e3;
statement S;
position p;
@@
(
for (e1; e2; e3@p) S
|
for (e1; ; e3@p) S
|
for (; e2; e3@p) S
|
for (; ; e3@p) S
)

@script:python@
e3 << for_step.e3;
p << for_step.p;
@@
emit("effect", p, text=str(e3))

@iteration@
iterator I;
expression list es;
statement S;
position p;
@@
I@p(es) S

@script:python@
I << iteration.I;
es << iteration.es;
p << iteration.p;
@@
emit("iterate", p, name=str(I), text=str(I) + " ( " + " , ".join(str(e) for e in es) + " )")
