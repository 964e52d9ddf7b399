# SPDX-License-Identifier: GPL-2.0-only
"""The facts that the reader's trees give."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinlib.decide.pinned import RELEASES
from pinlib.dev import rule_tests
from pinlib.kernel import effects
from pinlib.program.read_facts import facts
from reading import read

NAMES = frozenset([*effects.MISSION, *effects.PINNING]) | RELEASES
FIXTURES = sorted((rule_tests.FIND / "tests").glob("*.c"))
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
    raw = facts(read(text, tokens=True), text.encode(), NAMES)
    return {(f["at"][0], f["kind"], f.get("text") or f["name"]) for f in raw}


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda p: p.stem)
def test_what_the_rule_finds_is_found(fixture: Path) -> None:
    """Each fact that a rule's test expects, position for position."""
    text = fixture.read_bytes()
    found = {(tuple(f["at"]), f["kind"], f.get("name", ""))
             for f in facts(read(text, tokens=True), text, NAMES)}
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


def test_types_as_they_are_written() -> None:
    text = ("static struct page *pages[4] __initdata;\n"
            "int __init f(void __user *at, struct page **p, ...)\n{\n"
            "\tint (*cb)(int) = g;\n}\n")
    made = {f["name"]: (f["type"], f.get("params")) for f in facts(
        read(text, tokens=True), text.encode(), NAMES)
        if f["kind"] in ("declare", "function")}
    assert made == {
        "pages": ("struct page * [ 4 ]", None),
        "f": ("int", ["void __user * at", "struct page * * p"]),
        "cb": ("int ( * ) ( int )", None)}


def test_a_system_call_has_its_name() -> None:
    text = ("SYSCALL_DEFINE2(toy, int, fd, char __user *, at)\n{\n"
            "\treturn 0;\n}\n")
    [function] = [f for f in facts(read(text, tokens=True), text.encode(), NAMES)
                  if f["kind"] == "function"]
    assert (function["name"], function["params"]) == (
        "sys_toy", ["int fd", "char __user * at"])
