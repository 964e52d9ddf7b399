# SPDX-License-Identifier: GPL-2.0-only
"""Both readings of code that a name decides."""

from __future__ import annotations

import pytest

from pinlib.reader.settle import Settler
from reading import Writer, read

# The text, the reading where no name is a type, and that where all of T are.
CASES = {
    "(T)(b)":
        ("(call (paren T) b)", "(cast {T} (paren b))"),
    "(T)(b, c)":
        ("(call (paren T) b c)", "(cast {T} (paren (binary , b c)))"),
    "(T)(b)->c[1]":
        ("(index (member -> (call (paren T) b) c) 1)",
         "(cast {T} (index (member -> (paren b) c) 1))"),
    "(T)(f)(x)":
        ("(call (call (paren T) f) x)", "(cast {T} (call (paren f) x))"),
    "(T)(U)(x)":
        ("(call (call (paren T) U) x)",
         "(cast {T} (cast {U} (paren x)))"),
    "(T)(U) - x":
        ("(binary - (call (paren T) U) x)",
         "(cast {T} (cast {U} (unary - x)))"),
    "(T) - b * c":
        ("(binary - (paren T) (binary * b c))",
         "(binary * (cast {T} (unary - b)) c)"),
    "(T) * b * c":
        ("(binary * (binary * (paren T) b) c)",
         "(binary * (cast {T} (unary * b)) c)"),
    "a * (T) + b":
        ("(binary + (binary * a (paren T)) b)",
         "(binary * a (cast {T} (unary + b)))"),
    "(T) & b == c":
        ("(binary & (paren T) (binary == b c))",
         "(binary == (cast {T} (unary & b)) c)"),
    "(T) - (U) - 1":
        ("(binary - (binary - (paren T) (paren U)) 1)",
         "(cast {T} (unary - (cast {U} (unary - 1))))"),
    "-(T) - b":
        ("(binary - (unary - (paren T)) b)",
         "(unary - (cast {T} (unary - b)))"),
    "(int)(T) - b":
        ("(binary - (cast (type (specifiers int)) (paren T)) b)",
         "(cast (type (specifiers int)) (cast {T} (unary - b)))"),
    "(T) && b":
        ("(binary && (paren T) b)", "(cast {T} (label-address b))"),
    "sizeof(T)":
        ("(sizeof sizeof (paren T))", "(sizeof sizeof {T})"),
    "1 - (a) - 2 < 3":
        ("(binary < (binary - (binary - 1 (paren a)) 2) 3)",
         "(binary < (binary - (binary - 1 (paren a)) 2) 3)"),
}
TYPES = ("T", "U")


def settled(text: str, types: tuple[str, ...]) -> str:
    """The one statement of a function, settled."""
    whole = "void f(void) { " + text + " }"
    (declaration,) = read(whole).declarations
    statement = declaration.root.children[-1].children[0]
    tree = Settler(whole.encode(), types.__contains__).settle(statement)
    return Writer(whole).write(tree)


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("types", [(), TYPES])
def test_reading(text: str, types: tuple[str, ...]) -> None:
    whole = f"void f(void) {{ x = {text}; }}"
    (declaration,) = read(whole).declarations
    value = declaration.root.children[-1].children[0].children[0].children[1]
    tree = Settler(whole.encode(), types.__contains__).settle(value)
    wanted = CASES[text][bool(types)]
    for name in TYPES:
        wanted = wanted.replace(f"{{{name}}}", f"(type (specifiers :{name}))")
    written = Writer(whole).write(tree)
    for name in ("T", "U", "a", "b", "c", "f", "x"):
        written = written.replace(f"(arg {name})", name)
    assert written == wanted


@pytest.mark.parametrize("types, wanted", [
    ((), "(expression (binary * T b))"),
    (("T",), "(declaration (specifiers :T) (declarator * b))")])
def test_statement(types: tuple[str, ...], wanted: str) -> None:
    assert settled("T * b;", types) == wanted


@pytest.mark.parametrize("types, wanted", [
    ((), "(expression (call (call T (arg (unary * b))) (arg c)))"),
    (("T",), "(declaration (specifiers :T) (declarator (declarator * b) "
             "(params (param (specifiers :c)))))")])
def test_pointer_to_function(types: tuple[str, ...], wanted: str) -> None:
    assert settled("T (*b)(c);", types) == wanted


def test_nothing_is_left_open() -> None:
    text = "void f(void) { x = (a)((b) - (c)(d)) * sizeof(e) + (g) * h; }"
    (declaration,) = read(text).declarations
    for types in ((), ("a",), ("b", "c"), ("a", "b", "c", "e", "g")):
        tree = Settler(text.encode(), types.__contains__).settle(
            declaration.root)
        kinds = []
        todo = [tree]
        while todo:
            piece = todo.pop()
            kinds.append(piece.kind)
            todo += piece.children
        assert not set(kinds) & {"chain", "cast-or-call", "name-or-type",
                                 "either", "args"}
