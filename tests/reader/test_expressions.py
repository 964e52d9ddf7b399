# SPDX-License-Identifier: GPL-2.0-only
"""Expressions of kernel C as trees."""

from __future__ import annotations

import pytest

from reading import expression, statements

PLAIN = {
    "a + b * c": "(binary + a (binary * b c))",
    "a - b - c": "(binary - (binary - a b) c)",
    "a << 1 | b & ~c": "(binary | (binary << a 1) (binary & b (unary ~ c)))",
    "a && b || !c == d":
        "(binary || (binary && a b) (binary == (unary ! c) d))",
    "a ? b : c ? d : e": "(conditional a b (conditional c d e))",
    "a ?: b": "(conditional a b)",
    "(a, b)": "(paren (binary , a b))",
    "y = z": "(assign = y z)",
    "y |= z << 2": "(assign |= y (binary << z 2))",
    "p->q.r[i + 1]": "(index (member . (member -> p q) r) (binary + i 1))",
    "*p++": "(unary * (postfix ++ p))",
    "-p->n--": "(unary - (postfix -- (member -> p n)))",
    "&&out": "(label-address out)",
    "f()": "(call f)",
    "f(a, , b)": "(call f (arg a) (arg) (arg b))",
    "f(g(a)->h, &b)":
        "(call f (arg (member -> (call g (arg a)) h)) (arg (unary & b)))",
    "p->ops->open(p)":
        "(call (member -> (member -> p ops) open) (arg p))",
    "f(a)(b)": "(call (call f (arg a)) (arg b))",
    "'a' + L'b'": "(binary + 'a' L'b')",
    "0x1f + 1.5e+3 + 0xe+1":
        "(binary + (binary + (binary + 0x1f 1.5e+3) 0xe) 1)",
    "a+++b": "(binary + (postfix ++ a) b)",
    '"a" "b"': '"a" "b"',
    'KERN_INFO "a" PRIx64 "b"': '(string KERN_INFO PRIx64)',
    '__stringify(X) "a"': '(string (call __stringify (arg X)))',
    "4 KB": "(joined 4 KB)",
    "__extension__ a": "(unary __extension__ a)",
}

TYPES = {
    "(int)a": "(cast (type (specifiers int)) a)",
    "(u8)3": "(cast (type (specifiers :u8)) 3)",
    "(u8 *)a":
        "(cast (type (specifiers :u8) (declarator *)) a)",
    "(void __user *)a + 1":
        "(binary + (cast (type (specifiers void (attribute __user)) "
        "(declarator *)) a) 1)",
    "(__force u32)a":
        "(cast (type (specifiers (attribute __force) :u32)) a)",
    "(struct page **)p->q":
        "(cast (type (specifiers (struct struct page)) (declarator * *)) "
        "(member -> p q))",
    "(int (*)(void))a":
        "(cast (type (specifiers int) (declarator (declarator *) "
        "(params (param (specifiers void))))) a)",
    "(u8 (*)[4])a":
        "(cast (type (specifiers :u8) (declarator (declarator *) "
        "(array 4))) a)",
    "(a)~b": "(cast (type (specifiers :a)) (unary ~ b))",
    "(a)(int)b":
        "(cast (type (specifiers :a)) (cast (type (specifiers int)) b))",
    "(a)(b)c":
        "(cast (type (specifiers :a)) (cast (type (specifiers :b)) c))",
    "(typeof(*p))a":
        "(cast (type (specifiers (typeof typeof (unary * p)))) a)",
    "sizeof(int)": "(sizeof sizeof (type (specifiers int)))",
    "sizeof(struct s) * 2":
        "(binary * (sizeof sizeof (type (specifiers (struct struct s)))) 2)",
    "sizeof a[0]": "(sizeof sizeof (index a 0))",
    "sizeof(*p)": "(sizeof sizeof (paren (unary * p)))",
    "sizeof(a) - 1": "(binary - (sizeof sizeof (name-or-type? a)) 1)",
    "sizeof(a)->b": "(sizeof sizeof (member -> (paren a) b))",
    "__alignof__(u64 *)":
        "(sizeof __alignof__ (type (specifiers :u64) (declarator *)))",
    "(struct s){ .a = 1, 2 }":
        "(compound (type (specifiers (struct struct s))) "
        "(init (designated (designator . a) 1) 2))",
    "(int[]){ 1, 2 }[1]":
        "(index (compound (type (specifiers int) (declarator (array))) "
        "(init 1 2)) 1)",
    "(s){ 1 }": "(compound (type (specifiers :s)) (init 1))",
    "({ int k = 1; k; })":
        "(statement-expression (block (declaration (specifiers int) "
        "(initialized (declarator k) 1)) (expression k)))",
    "_Generic((a), int: 1, struct s *: f, default: 0)":
        "(generic (paren a) (association (type (specifiers int)) 1) "
        "(association (type (specifiers (struct struct s)) (declarator *)) f) "
        "(association 0))",
    "va_arg(ap, struct page *)":
        "(call va_arg (arg ap) (arg (type (specifiers (struct struct page)) "
        "(declarator *))))",
    "container_of(a, u8, b.c)":
        "(call container_of (arg a) (arg u8) (arg (member . b c)))",
    "f(unsigned int, T *, const T)":
        "(call f (arg (type (specifiers unsigned int))) "
        "(arg (type (specifiers :T) (declarator *))) "
        "(arg (type (specifiers const :T))))",
    "cmp(a, <, b)": "(call cmp (arg a) (arg <) (arg b))",
    "set(a, |= 1 << b)":
        "(call set (arg a) (arg |= (binary << 1 b)))",
    "wait(q, if (a) break; b())":
        "(call wait (arg q) (arg (statements (if a (break)) "
        "(expression (call b)))))",
    "wait(q, ({ b(); a; }))":
        "(call wait (arg q) (arg (statement-expression (block "
        "(expression (call b)) (expression a)))))",
    "m(.a = 1, { 2 })":
        "(call m (arg (designated (designator . a) 1)) (arg (init 2)))",
}

# A name decides: both readings are there.
EITHER = {
    "(a)(b)": "(cast-or-call? (name-or-type? a) (args (arg b)))",
    "(a)(b, c)": "(cast-or-call? (name-or-type? a) (args (arg b) (arg c)))",
    "(a)(b)->c[0]":
        "(cast-or-call? (name-or-type? a) (args (arg b)) "
        "(member -> c) (index 0))",
    "(a)*b": "(chain? (name-or-type? a) * b)",
    "(a)-b * c": "(chain? (name-or-type? a) - b * c)",
    "(a) & b == c": "(chain? (name-or-type? a) & b == c)",
    "d + (a) + 1": "(chain? d + (name-or-type? a) + 1)",
    "-(a) - b": "(chain? (unary - (name-or-type? a)) - b)",
    "(int)(a) - b":
        "(chain? (cast (type (specifiers int)) (name-or-type? a)) - b)",
    "(a) && b": "(chain? (name-or-type? a) && b)",
    "f((a) - 1) / 2":
        "(binary / (call f (arg (chain? (name-or-type? a) - 1))) 2)",
    "f(a * b)": "(call f (arg (binary? * a b)))",
}

# What looks alike, and is certain.
CERTAIN = {
    "(a)()": "(call (paren a))",
    "(a)->b": "(member -> (paren a) b)",
    "(a)[1]": "(index (paren a) 1)",
    "(a)++": "(postfix ++ (paren a))",
    "(a) / b": "(binary / (paren a) b)",
    "(a) == b": "(binary == (paren a) b)",
    "(a) && b()": "(binary && (paren a) (call b))",
    "(a + 1) - b": "(binary - (paren (binary + a 1)) b)",
    "(3) - b": "(binary - (paren 3) b)",
    "f(a * 2)": "(call f (arg (binary * a 2)))",
}


@pytest.mark.parametrize("text, wanted", [
    pair for table in (PLAIN, TYPES, EITHER, CERTAIN)
    for pair in table.items()])
def test_tree(text: str, wanted: str) -> None:
    assert expression(text) == wanted


def test_pieces_for_the_assembler() -> None:
    assert statements(
        'asm_macro("mov %0", : [x] "=r" (y) : "i" (1), %[x]);') == [
            '(expression (call asm_macro (arg "mov %0") '
            '(arg (operand x "=r" y) (operand "i" 1)) (arg %[x])))']
