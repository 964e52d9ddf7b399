# SPDX-License-Identifier: GPL-2.0-only
"""Statements of kernel C as trees."""

from __future__ import annotations

import pytest

from reading import statements

CONTROL = {
    "if (a) b(); else if (c) ; else { d(); }":
        ["(if a (expression (call b)) (if c (empty) "
         "(block (expression (call d)))))"],
    "if likely(a) b();":
        ["(if (call likely (arg a)) (expression (call b)))"],
    "while (a--) b();": ["(while (postfix -- a) (expression (call b)))"],
    "do { a(); } while (0);":
        ["(do (block (expression (call a))) 0)"],
    "do { a(); } while_each_thread(g, t);":
        ["(do (block (expression (call a))) "
         "(call while_each_thread (arg g) (arg t)))"],
    "for (;;) a();":
        ["(for (for-head (empty) (empty) (empty)) (expression (call a)))"],
    "for (int i = 0, j; i < n; i++, j--) ;":
        ["(for (for-head (declaration (specifiers int) (initialized "
         "(declarator i) 0) (declarator j)) (binary < i n) "
         "(binary , (postfix ++ i) (postfix -- j))) (empty))"],
    "switch (a) { case 1: case 2 ... 5: b(); break; default: c(); }":
        ["(switch a (block (case 1) (case (range 2 5)) "
         "(expression (call b)) (break) (default) (expression (call c))))"],
    "switch (a) { CASE(1): b(); }":
        ["(switch a (block (label (call CASE (arg 1))) "
         "(expression (call b))))"],
    "if (a) out: return -1;":
        ["(if a (labeled (label out) (return (unary - 1))))"],
    "goto out; goto *p[i]; out: ;":
        ["(goto out)", "(goto (unary * (index p i)))", "(label out)",
         "(empty)"],
    "__label__ a, b; continue;": ["(local-labels a b)", "(continue)"],
    "return; return (a);": ["(return)", "(return (paren a))"],
    "__attribute__((fallthrough));":
        ["(expression (attribute (arg fallthrough)))"],
    "fallthrough;": ["(expression fallthrough)"],
    'static_assert(a == 1, "b");':
        ['(expression (call static_assert (arg (binary == a 1)) (arg "b")))'],
}

MACROS = {
    "list_for_each(p, &l) { a(p); }":
        ["(iteration (call list_for_each (arg p) (arg (unary & l))) "
         "(block (expression (call a (arg p)))))"],
    "list_for_each(p, &l)\n\ta(p);":
        ["(iteration? (call list_for_each (arg p) (arg (unary & l))) "
         "(expression (call a (arg p))))"],
    "for_each_x(i)\n\tif (i) a(i);\n\telse b();":
        ["(iteration? (call for_each_x (arg i)) (if i "
         "(expression (call a (arg i))) (expression (call b))))"],
    "for_each_x(i) { a(); } else { b(); }":
        ["(iteration (call for_each_x (arg i)) (block "
         "(expression (call a))) (block (expression (call b))))"],
    "TRACE(x)\na();":
        ["(expression?~ (call TRACE (arg x)))", "(expression (call a))"],
    "TRACE(x)": ["(expression~ (call TRACE (arg x)))"],
    "guard(mutex)(&l);":
        ["(expression (call (call guard (arg mutex)) (arg (unary & l))))"],
    "scoped_guard(mutex, &l) a();":
        ["(iteration? (call scoped_guard (arg mutex) (arg (unary & l))) "
         "(expression (call a)))"],
    "scoped_cond_guard(mutex_try, return -1, &l) { a(); }":
        ["(iteration (call scoped_cond_guard (arg mutex_try) "
         "(arg (return~ (unary - 1))) (arg (unary & l))) "
         "(block (expression (call a))))"],
    "CLASS(fd, f)(n);":
        ["(expression (call (call CLASS (arg fd) (arg f)) (arg n)))"],
    "nvkm_msec(d, 2000, if (a) break; b(); );":
        ["(expression (call nvkm_msec (arg d) (arg 2000) (arg (statements "
         "(if a (break)) (expression (call b))))))"],
    "wait(d, u32 t = a(); if (t) break; );":
        ["(expression (call wait (arg d) (arg (statements "
         "(declaration (specifiers :u32) (initialized (declarator t) "
         "(call a))) (if t (break))))))"],
}

DECLARATIONS = {
    "struct page *p = NULL, **q, r[3];":
        ["(declaration (specifiers (struct struct page)) "
         "(initialized (declarator * p) NULL) (declarator * * q) "
         "(declarator r (array 3)))"],
    "char *t __free(kfree) = g();":
        ["(declaration (specifiers char) (initialized (declarator * t "
         "(attribute __free (arg kfree))) (call g)))"],
    "auto x = y; __auto_type z = y;":
        ["(declaration (specifiers auto) (initialized (declarator x) y))",
         "(declaration (specifiers __auto_type) "
         "(initialized (declarator z) y))"],
    "typeof(*p) v; typeof_unqual(a->b) w;":
        ["(declaration (specifiers (typeof typeof (unary * p))) "
         "(declarator v))",
         "(declaration (specifiers (typeof typeof_unqual (member -> a b))) "
         "(declarator w))"],
    "typeof(x) y;":
        ["(declaration (specifiers (typeof typeof (name-or-type? x))) "
         "(declarator y))"],
    "size_t n = 1;":
        ["(declaration (specifiers :size_t) (initialized (declarator n) 1))"],
    "foo_t *p = a;":
        ["(declaration (specifiers :foo_t) "
         "(initialized (declarator * p) a))"],
    "int (*fn)(int, ...) = a;":
        ["(declaration (specifiers int) (initialized (declarator "
         "(declarator * fn) (params (param (specifiers int)) "
         "(ellipsis))) a))"],
    "unsigned int x __maybe_unused, y __aligned(8);":
        ["(declaration (specifiers unsigned int) (declarator x "
         "(attribute __maybe_unused)) (declarator y "
         "(attribute __aligned (arg 8))))"],
    "static DEFINE_MUTEX(m);":
        ["(declaration?! (specifiers static) (declarator DEFINE_MUTEX "
         "(params (param (specifiers :m)))))"],
    "struct { int a; } s = { .a = 1 };":
        ["(declaration (specifiers (struct struct (members (declaration "
         "(specifiers int) (declarator a))))) (initialized (declarator s) "
         "(init (designated (designator . a) 1))))"],
    # A name decides.
    "a * b;":
        ["(either? (declaration (specifiers :a) (declarator * b)) "
         "(expression (binary * a b)))"],
    "a * b, c;":
        ["(either? (declaration (specifiers :a) (declarator * b) "
         "(declarator c)) (expression (binary , (binary * a b) c)))"],
    "a (*b)(c);":
        ["(either? (declaration (specifiers :a) (declarator (declarator * b) "
         "(params (param (specifiers :c))))) (expression (call (call a "
         "(arg (unary * b))) (arg c))))"],
    "a * b = c;":
        ["(declaration (specifiers :a) (initialized (declarator * b) c))"],
    "a * const b;":
        ["(declaration (specifiers :a) (declarator * const b))"],
}

ASSEMBLER = {
    'asm volatile("nop");': ['(asm "nop")'],
    'asm("a %0" : [o] "=r" (x->y), "+m" (z) : "i" (1) : "memory", "cc");':
        ['(asm "a %0" (operand o "=r" (member -> x y)) (operand "+m" z) '
         '(operand "i" 1) (operand "memory") (operand "cc"))'],
    'asm goto("b %l[out]" : : : : out);':
        ['(asm "b %l[out]" (operand (string out)))'],
    'asm_inline volatile(ALT("a", "b", X) : : "r" (1));':
        ['(asm (string (call ALT (arg "a") (arg "b") (arg X))) '
         '(operand "r" 1))'],
}


@pytest.mark.parametrize("text, wanted", [
    pair for table in (CONTROL, MACROS, DECLARATIONS, ASSEMBLER)
    for pair in table.items()])
def test_tree(text: str, wanted: list[str]) -> None:
    assert statements(text) == wanted
