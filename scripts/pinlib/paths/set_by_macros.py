# SPDX-License-Identifier: GPL-2.0-only
"""Find where a macro gives what it is passed another value.

Its use reads as a call, which cannot do that: `swap(a, b)`, `get_user(a, p)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pinlib.csource.expr import Kind, Node
from pinlib.csource.macro_text import Define, defines
from pinlib.program.macros import arguments_at
from pinlib.program.program import Program

LEVELS = 4
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*(?=\()")


def set_by_macro(program: Program, file: str, node: Node) -> bool:
    """Say whether a variable stands where a macro may give it another value."""
    call = node.parent
    if call is None or call.kind != Kind.CALL or call.kids[0] is node:
        return False
    index = next(i for i, kid in enumerate(call.kids[1:]) if kid is node)
    return _sets(program, file, call.kids[0].value, index, 0)


def _sets(program: Program, file: str, name: str, index: int,
          level: int) -> bool:
    """Say whether a macro of that name sets one of its parameters."""
    if level > LEVELS or not name.isidentifier() or \
            program.definition(name, file) is not None:
        return False
    return any(_define_sets(program, file, define, index, level)
               for other in program.searches.macros(name)
               for define in defines(program.text(other))
               if define.name == name)


def _define_sets(program: Program, file: str, define: Define, index: int,
                 level: int) -> bool:
    params = define.params or ()
    if define.alias and define.alias != define.name:
        return _sets(program, file, define.alias, index, level + 1)
    if index >= len(params) or not params[index].isidentifier():
        return False
    param = re.escape(params[index])
    place = rf"(?<![\w.>#])(?:\(\s*)*{param}\b(?:\s*\))*"
    if re.search(rf"(?:\+\+|--)\s*{place}|{place}\s*(?:\+\+|--|=(?!=)|"
                 rf"[-+*/%&|^]=|<<=|>>=)|[(,]\s*&\s*{place}\s*[,)]",
                 define.text) or re.search(
            rf'"[=+][^"]*"\s*{place}', define.raw):
        return True
    return any(_sets(program, file, name, given.index(wrapped), level + 1)
               for name, given in _calls(define)
               for wrapped in given if _bare(wrapped) == params[index])


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
