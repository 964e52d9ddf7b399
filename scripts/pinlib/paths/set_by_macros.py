# SPDX-License-Identifier: GPL-2.0-only
"""Find where a macro gives what it is passed another value.

Its use reads as a call, which cannot do that: `swap(a, b)`, `get_user(a, p)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pinlib.csource.expr import Kind, Node
from pinlib.csource.macro_text import Define
from pinlib.program.macros import arguments_at
from pinlib.program.program import Program

_CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*(?=\()")


def set_by_macro(program: Program, file: str, node: Node) -> bool:
    """Say whether a variable stands where a macro may give it another value."""
    call = node.parent
    if call is None or call.kind != Kind.CALL or call.kids[0] is node:
        return False
    index = next(i for i, kid in enumerate(call.kids[1:]) if kid is node)
    asked = {(call.kids[0].value, index)}
    left = [*asked]
    while left:
        name, index = left.pop()
        if not name.isidentifier() or \
                program.definition(name, file) is not None:
            continue
        for define in program.macro_definitions(name):
            if _stores(define, index):
                return True
            more = {*_handed_on(define, index)} - asked
            asked |= more
            left += more
    return False


def _stores(define: Define, index: int) -> bool:
    """Say whether a macro's own text sets one of its parameters."""
    param = _param(define, index)
    if param is None:
        return False
    place = rf"(?<![\w.>#])(?:\(\s*)*{re.escape(param)}\b(?:\s*\))*"
    return bool(re.search(
        rf"(?:\+\+|--)\s*{place}|{place}\s*(?:\+\+|--|=(?!=)|"
        rf"[-+*/%&|^]=|<<=|>>=)|[(,]\s*&\s*{place}\s*[,)]",
        define.text) or re.search(rf'"[=+][^"]*"\s*{place}', define.raw))


def _handed_on(define: Define, index: int) -> Iterator[tuple[str, int]]:
    """Yield what a macro passes one of its arguments to, and as which."""
    if define.alias and define.alias != define.name:
        yield define.alias, index
    param = _param(define, index)
    for name, given in _calls(define) if param is not None else ():
        for at, argument in enumerate(given):
            if _bare(argument) == param:
                yield name, at


def _param(define: Define, index: int) -> str | None:
    params = define.params or ()
    return params[index] if index < len(params) and \
        params[index].isidentifier() else None


def _calls(define: Define) -> list[tuple[str, Sequence[str]]]:
    """Return what the body calls, with the text of the arguments."""
    return [(m.group(1), arguments_at(define.text, m.end()) or ())
            for m in _CALLED.finditer(define.text)
            if m.group(1) != define.name]


def _bare(text: str) -> str:
    """Return an argument without the parentheses around it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    return text
