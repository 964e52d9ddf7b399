# SPDX-License-Identifier: GPL-2.0-only
"""The facts that the reader's trees give."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.dev import rule_tests
from pinlib.kernel import effects
from pinlib.program.facts import Fact
from pinlib.program.read_files import ReadFile
from reading import read

NAMES = frozenset([*effects.MISSION, *effects.PINNING]) | effects.RELEASES
FIXTURES = sorted((Path(__file__).parent / "facts").glob("*.c"))
RULES = sorted((rule_tests.FIND / "tests").glob("*.c"))
# Constructs around a call: for most of them Coccinelle loses the function.
HARD = {
    "case range": "switch (n) { case 1 ... 3: put_page(p); }",
    "scoped": "scoped_odd_thing(x) { put_page(p); }",
    "free": "char *t __free(kfree) = 0;\n\tif (n)\n\t\tkfree(t);\n\tput_page(p);",
    "asm goto": 'asm goto("x" : : : : out);\n\tput_page(p);\nout:\n\t;',
    "unqual": "typeof_unqual(n) m = n;\n\tput_page(p);",
    "both arms open": "#ifdef A\n\tif (n) {\n#else\n\tif (!n) {\n#endif\n"
    "\t\tn = 1;\n\t}\n\tput_page(p);"}


def lines(text: str) -> set[tuple[int, str, str]]:
    """Line, kind and text or name of each fact of a piece of C."""
    return {(f.line, f.kind, f.text or f.name) for f in facts_in(text.encode())}


def facts_in(text: bytes) -> list[Fact]:
    """The facts of a piece of C."""
    return ReadFile("", read(text, tokens=True), text.decode("latin-1"),
                    NAMES).all


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda p: p.stem)
def test_every_fact_and_no_other(fixture: Path) -> None:
    """Place, kind and fields of all that is in a file, and in what order."""
    text = fixture.read_bytes()
    made = sorted(facts_in(text), key=lambda f: (f.line, f.column, f.kind))
    assert [shown(fact) for fact in made] == \
        fixture.with_suffix(".facts").read_text().splitlines()


def shown(fact: Fact) -> str:
    """A fact on one line."""
    fields = {"name": fact.name, "type": fact.type,
              "params": ", ".join(fact.params), "text": fact.text}
    return (f"{fact.line}:{fact.column}-{fact.line_end}:{fact.column_end} "
            f"{fact.kind} in {fact.function}: " + "; ".join(
                f"{name}={value}" for name, value in fields.items() if value))


@pytest.mark.parametrize("fixture", RULES, ids=lambda p: p.stem)
def test_what_the_rule_finds_is_found(fixture: Path) -> None:
    """Each fact that a rule's test expects, position for position."""
    text = fixture.read_bytes()
    found = {((f.line, f.column, f.line_end, f.column_end), f.kind, f.name)
             for f in facts_in(text)}
    for row in fixture.with_suffix(".facts").read_text().splitlines():
        place, _, rest = row.partition(" ")
        at = tuple(int(n) for end in place.split("-") for n in end.split(":"))
        name = rest.partition("name=")[2].partition(";")[0]
        kind = rest.split()[0].replace("release", "call")
        assert (at, kind, name) in found, row


@pytest.mark.parametrize("body", HARD.values(),
                         ids=list(HARD))
def test_hard_code(body: str) -> None:
    found = lines(f"static void f(struct page *p, int n)\n{{\n\t{body}\n}}\n")
    assert {(kind, name) for _, kind, name in found} >= {
        ("function", "f"), ("call", "put_page")}


def test_one_reading_of_arms() -> None:
    """A condition with an arm in it is one fact, with the first arm's text."""
    assert lines("void f(int x)\n{\n\tif (x ||\n#ifdef A\n\t    a ||\n#endif\n"
                 "\t    y)\n\t\tg(x);\n}\n") == {
        (1, "function", "f"), (3, "if", "x || a || y"), (8, "effect", "g ( x )")}


def test_an_arm_of_its_own_is_read_too() -> None:
    found = lines("void f(struct page *p)\n{\n#ifdef A\n\tput_page(p);\n#else\n"
                  "\tg(p);\n#endif\n}\n")
    assert {(4, "call", "put_page"), (6, "effect", "g ( p )")} <= found


@pytest.mark.parametrize("text, is_one", [
    ("foo_t f(struct bar *b);", True), ("int f(bar_t b);", True),
    ("foo_t f(void);", True), ("enum foo f(bar_t b);", True),
    ("static foo_t *f(bar_t b);", True), ("typeof(x) f(bar_t b);", True),
    ("foo_t f(bar_t, unsigned);", True), ("foo_t f(bar_t, ...);", True),
    # In a function these are calls if the first name is a macro.
    ("FOO f(b);", False), ("FOO BAR f(b);", False), ("FOO f(b * c);", False),
    ("FOO * f(b);", False), ("FOO f();", False), ("FOO f(b, 2);", False),
    ("FOO f(&b);", False)])
def test_a_prototype_has_a_type(text: str, is_one: bool) -> None:
    inside = lines(f"void g(void) {{ {text} }}")
    assert ((1, "prototype", "f") in inside) == is_one
    outside = lines(text)
    assert ((1, "prototype", "f") in outside) == (
        not text.endswith(("2);", "&b);")))
    assert not any((kind, name) == ("declare", "f")
                   for _, kind, name in inside | outside)


def test_a_function_in_a_macro_is_none_of_the_file() -> None:
    found = lines("#define MAKE(n) \\\n\tstatic int f_##n(struct page *p) \\\n"
                  "\t{ put_page(p); return 0; }\nint f(int a)\n{\n}\n")
    assert {(line, name) for line, kind, name in found
            if kind == "function"} == {(4, "f")}
    assert (3, "call", "put_page") in found


def test_types_as_they_are_written() -> None:
    text = ("static struct page *pages[4] __initdata;\n"
            "int __init f(void __user *at, struct page **p, ...)\n{\n"
            "\tint (*cb)(int) = g;\n}\n")
    made = {f.name: (f.type, f.params) for f in facts_in(text.encode())
            if f.kind in ("declare", "function")}
    assert made == {
        "pages": ("struct page * [ 4 ]", ()),
        "f": ("int", ("void __user * at", "struct page * * p")),
        "cb": ("int ( * ) ( int )", ())}


def test_a_system_call_has_its_name() -> None:
    text = ("SYSCALL_DEFINE2(toy, int, fd, char __user *, at)\n{\n"
            "\treturn 0;\n}\n")
    [function] = [f for f in facts_in(text.encode()) if f.kind == "function"]
    assert (function.name, function.params) == (
        "sys_toy", ("int fd", "char __user * at"))
