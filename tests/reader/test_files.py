# SPDX-License-Identifier: GPL-2.0-only
"""External declarations, macros, #if arms and unread code of whole files."""

from __future__ import annotations

import pytest

from reading import read, trees

DECLARED = {
    "int x = 1, *y;":
        ["(declaration (specifiers int) (initialized (declarator x) 1) "
         "(declarator * y))"],
    "static const struct ops o = { .open = f, .a.b[2] = { 1 }, [3 ... 5] = 2, };":
        ["(declaration (specifiers static const (struct struct ops)) "
         "(initialized (declarator o) (init (designated (designator . open) "
         "f) (designated (designator . a) (designator . b) (designator [ 2) "
         "(init 1)) (designated (designator [ (range 3 5)) 2))))"],
    "struct o p = { a: 1, MACRO(b), { 2 } };":
        ["(declaration (specifiers (struct struct o)) (initialized "
         "(declarator p) (init (designated (designator : a) 1) "
         "(call MACRO (arg b)) (init 2))))"],
    "extern int f(struct page **, ...) __must_hold(&l);":
        ["(declaration (specifiers extern int) (declarator f (params "
         "(param (specifiers (struct struct page)) (declarator * *)) "
         "(ellipsis)) (attribute __must_hold (arg (unary & l)))))"],
    "typedef int (*fn_t)(void), arr_t[4];":
        ["(declaration (specifiers typedef int) (declarator (declarator * "
         "fn_t) (params (param (specifiers void)))) "
         "(declarator arr_t (array 4)))"],
    "enum e { A = 1, B __attribute__((x)), C = A | B };":
        ["(declaration (specifiers (enum enum e (members (enumerator A 1) "
         "(enumerator B (attribute (arg x))) "
         "(enumerator C (binary | A B))))))"],
    "struct s { int a:3, :2; u8 b[]; struct { int c; }; "
    "union { long d; } u; struct t *e; void (*f)(int); } __packed;":
        ["(declaration (specifiers (struct struct s (members "
         "(declaration (specifiers int) (declarator a (bitfield 3)) "
         "(declarator (bitfield 2))) "
         "(declaration (specifiers :u8) (declarator b (array))) "
         "(declaration (specifiers (struct struct (members (declaration "
         "(specifiers int) (declarator c)))))) "
         "(declaration (specifiers (struct union (members (declaration "
         "(specifiers long) (declarator d))))) (declarator u)) "
         "(declaration (specifiers (struct struct t)) (declarator * e)) "
         "(declaration (specifiers void) (declarator (declarator * f) "
         "(params (param (specifiers int))))))) (attribute __packed)))"],
    "struct s { u32 : 3; DECLARE_BITMAP(a, 4); struct_group(b, int c; ); };":
        ["(declaration (specifiers (struct struct s (members "
         "(declaration (specifiers :u32) (declarator (bitfield 3))) "
         "(expression (call DECLARE_BITMAP (arg a) (arg 4))) "
         "(expression (call struct_group (arg b) (arg (declaration "
         "(specifiers int) (declarator c)))))))))"],
    'static_assert(sizeof(x) == 4); asm(".long 1");':
        ["(expression (call static_assert (arg (binary == (sizeof sizeof "
         "(name-or-type? x)) 4))))", '(asm ".long 1")'],
    'MODULE_LICENSE("GPL");\nmodule_init(f)\nint x;':
        ['(expression (call MODULE_LICENSE (arg "GPL")))',
         "(expression~ (call module_init (arg f)))",
         "(declaration (specifiers int) (declarator x))"],
    "static DEFINE_MUTEX(m);":
        ["(declaration?! (specifiers static) (declarator DEFINE_MUTEX "
         "(params (param (specifiers :m)))))"],
    "DEFINE_X(a) = { .b = 1 };":
        ["(expression (initialized (call DEFINE_X (arg a)) "
         "(init (designated (designator . b) 1))))"],
    'MACHINE_START(A, "b")\n\t.c = d,\nMACHINE_END\nint x;':
        ['(expression~ (initialized (call MACHINE_START (arg A) (arg "b")) '
         "(init (designated (designator . c) d))))",
         "(declaration (specifiers int) (declarator x))"],
    "a * b;": ["(declaration (specifiers :a) (declarator * b))"],
    "{ 1, 2 }, ROW(3), ROW(4),":
        ["(init 1 2)", "(expression~ (call ROW (arg 3)))",
         "(expression~ (call ROW (arg 4)))"],
}

FUNCTIONS = {
    "int f(void) { }":
        ["(function (specifiers int) (declarator f (params (param "
         "(specifiers void)))) (block))"],
    "static inline struct page *__init f(int a[static 4], int (*g)(void))\n"
    "\t__acquires(l)\n{ }":
        ["(function (specifiers static inline (struct struct page)) "
         "(declarator * (attribute __init) f (params (param (specifiers int) "
         "(declarator a (array static 4))) (param (specifiers int) "
         "(declarator (declarator * g) (params (param (specifiers void)))))) "
         "(attribute __acquires (arg l))) (block))"],
    "int f(a, b) int a; char *b; { return a; }":
        ["(function% (specifiers int) (declarator f (params (param "
         "(specifiers :a)) (param (specifiers :b)))) (declaration "
         "(specifiers int) (declarator a)) (declaration (specifiers char) "
         "(declarator * b)) (block (return a)))"],
    "void (*f(int a))(void) { }":
        ["(function (specifiers void) (declarator (declarator * f (params "
         "(param (specifiers int) (declarator a)))) (params (param "
         "(specifiers void)))) (block))"],
    "SYSCALL_DEFINE2(f, int, fd, void __user *, p) { }":
        ["(function?! (call SYSCALL_DEFINE2 (arg f) (arg (type (specifiers "
         "int))) (arg fd) (arg (type (specifiers void (attribute __user)) "
         "(declarator *))) (arg p)) (block))"],
    "main(void) { }":
        ["(function?! (call main (arg (type (specifiers void)))) (block))"],
    "static __printf(1, 2) int f(char *a, ...) { }":
        ["(function (specifiers static (attribute __printf (arg 1) (arg 2)) "
         "int) (declarator f (params (param (specifiers char) "
         "(declarator * a)) (ellipsis))) (block))"],
    "INLINE __as(g, 1)\n__u32 __f(int a)\n{ }":
        ["(function (specifiers :INLINE? (attribute __as (arg g) (arg 1)) "
         ":__u32?) (declarator __f (params (param (specifiers int) "
         "(declarator a)))) (block))"],
    'SEC("x")\n__u32 P(f, int a)\n{ }':
        ['(function (specifiers (attribute SEC (arg "x")) :__u32) '
         "(declarator P (params (param (specifiers :f)) (param (specifiers "
         "int) (declarator a)))) (block))"],
    "enum e\nf(int a)\n{ }":
        ["(function (specifiers (enum enum e)) (declarator f (params (param "
         "(specifiers int) (declarator a)))) (block))"],
}

MACROS = {
    "#define A": ["(define A)"],
    "#define A 3": ["(define A 3)"],
    "#define A (x)": ["(define A (paren x))"],
    "#define A(x, y...) f(x, ##y)":
        ["(define A (macro-params x y (ellipsis)) (call f (arg x) (arg y)))"],
    "#define A(x) do { b(x); } while (0)":
        ["(define A (macro-params x) (do (block (expression (call b (arg x))))"
         " 0))"],
    "#define A(x) for (x = 0; x < 4; x++)":
        ["(define A (macro-params x) (for (for-head (expression (assign = x "
         "0)) (binary < x 4) (postfix ++ x)) (empty)))"],
    "#define A(x) ((x) + 1)":
        ["(define A (macro-params x) (paren (chain? (name-or-type? x) + 1)))"],
    "#define A(x, y) x ## _ ## y = #x":
        ["(define A (macro-params x y) (assign = x ## _ ## y (string x)))"],
    "#define A struct page *":
        ["(define A (type (specifiers (struct struct page)) "
         "(declarator *)))"],
    "#define A { 1, 2 }": ["(define A (init 1 2))"],
    "#define A \\\n\tb(); \\\n\tc()":
        ["(define A (statements (expression (call b)) "
         "(expression (call c))))"],
    "#define A } else {": ["(define A } else {)"],
    "#define A(x) static void f_##x(int a) { b(a); } int x":
        ["(define A (macro-params x) (statements (function (specifiers "
         "static void) (declarator f_##x (params (param (specifiers int) "
         "(declarator a)))) (block (expression (call b (arg a))))) "
         "(declaration (specifiers int) (declarator x))))"],
}


@pytest.mark.parametrize("text, wanted", [
    pair for table in (DECLARED, FUNCTIONS, MACROS)
    for pair in table.items()])
def test_tree(text: str, wanted: list[str]) -> None:
    assert trees(text) == wanted
    assert trees(text + "\n") == wanted
    assert not read(text).regions


KINDS = """\
int f(int);
int f(int a) { return a; }
int x = 1;
typedef struct s { int a; } s_t;
struct t { int b; };
enum e { A };
EXPORT_SYMBOL(f);
#define M(x) x
asm("nop");
"""


def test_what_is_declared() -> None:
    file = read(KINDS)
    assert [(d.kind, KINDS[slice(*d.name)]) for d in file.declarations] == [
        ("prototype", "f"), ("function", "f"), ("variable", "x"),
        ("typedef", "s_t"), ("struct", "t"), ("enum", "e"),
        ("macro-call", "EXPORT_SYMBOL"), ("asm", ""), ("define", "M")]
    function = file.declarations[1]
    assert KINDS[function.start:function.end] == "int f(int a) { return a; }"


ENDS = {
    "CRLF": b"int f(void)\r\n{\r\n\treturn 1;\r\n}\r\n",
    "a NUL": b"int f(void)\0\n{\n\treturn\0 1;\n}\n",
    "form feeds": b"\fint f(void)\n{\n\f\treturn 1;\v\n}\n",
    "Latin-1": b"int f(void) /* caf\xe9 */\n{\n\treturn 1;\n}\n",
    "no last newline": b"int f(void)\n{\n\treturn 1;\n}",
    "a byte order mark": b"\xef\xbb\xbfint f(void)\n{\n\treturn 1;\n}\n",
    "joined lines": b"in\\\nt f(vo\\  \nid)\n{\n\tret\\\r\nurn 1;\n}\n",
    "joined comments": b"int f(void)\n{ /\\\n* { *\\\n/ // } \\\n }\n"
                       b"\treturn 1;\n}\n",
    "trigraphs": b"int f(void)\n{ // why??/\n\treturn 1;\n}\n",
}


@pytest.mark.parametrize("name", ENDS)
def test_bytes_between(name: str) -> None:
    (tree,) = trees(ENDS[name])
    tree = tree.replace("in\\ t", "int").replace("vo\\ id", "void")
    assert tree == ("(function (specifiers int) (declarator f (params (param "
                    "(specifiers void)))) (block (return 1)))")


UNREAD = {
    "void f(void) { a(); 1 2 3; b(); }": ("statement", "1 2 3;"),
    "void f(void) { if (a 1 c) d(); }": ("condition", "a 1 c"),
    "void f(void) { g(a, b 1 @ d e, h); }": ("argument", "b 1 @ d e"),
    "int a[] = { 1, 2 3 4 5 ;, 6 };": ("initializer", "2 3 4 5 ;"),
    'void f(void) { "abc; }': ("unended", '"abc; }'),
    "int x; /* no end": ("unended", "/* no end"),
    "class X { int a; };": ("c++", "class X { int a; }"),
    "template <typename T> T f(T a) { return a; }":
        ("c++", "template <typename T> T f(T a) { return a; }"),
    "namespace x { int a; }": ("c++", "namespace x { int a; }"),
    "int X::f() { return 1; }": ("c++", "int X::f() { return 1; }"),
    "#endif\nint a;": ("directive", "#endif"),
    "#if A\nint a;": ("directive", "#"),
    "#if A\n#else\n#else\n#endif": ("directive", "#else"),
    "} int a;": ("unbalanced", "}"),
}


@pytest.mark.parametrize("text", UNREAD)
def test_unread(text: str) -> None:
    reason, part = UNREAD[text]
    assert (reason, part) in [(r.reason, text[r.start:r.end])
                              for r in read(text).regions]


def test_what_is_around_unread_code_is_read() -> None:
    text = ("int a;\nvoid f(void)\n{\n\tb();\n\tc(1 2 3, d());\n\t@ e();\n"
            "\tif (x 1 z) { g(); }\n}\nclass X { };\nint h(void) { }\n")
    file = read(text)
    assert [r.line for r in file.regions] == [5, 6, 7, 9]
    calls = [text[n.start:n.end] for d in file.declarations
             for n in d.root.walk() if n.kind == "call"]
    assert calls == ["b()", "d()", "c(1 2 3, d())", "g()"]
    assert [text[slice(*d.name)] for d in file.declarations
            if d.name[1]] == ["a", "f", "h"]
