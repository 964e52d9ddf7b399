# SPDX-License-Identifier: GPL-2.0-only
"""Read what happens to a variable at the end of its scope.

`__free(name)` and `__cleanup(function)` behind a variable's name have something
called then. One that only frees memory is a fact; any other may drop pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pinlib.kernel import effects
from pinlib.program.function import Statement
from pinlib.program.locations import Location, LocationKind
from pinlib.program.program import Program

_ATTRIBUTE = re.compile(r"\s*(__free|__cleanup)\s*\(\s*(\w+)\s*\)")
# What a class of __free() does besides: it looks at the pointer.
_LOOKS = frozenset({"IS_ERR_OR_NULL", "IS_ERR", "if"})


@dataclass(frozen=True)
class Ended:
    """What a declaration has done at the end of the scope, as text."""

    statement: Statement
    text: str
    only_frees: bool


def at_end(program: Program, location: Location) -> Ended | None:
    """Return what the end of its scope does with a variable, or None."""
    function = program.function(location.file, location.owner)
    if location.kind != LocationKind.VAR or function is None:
        return None
    low, high = function.body
    name, code = location.name, function.text.code
    for offset in function.text.words.get(name, ()):
        found = _ATTRIBUTE.match(code, offset + len(name)) \
            if code.startswith(name, offset) else None
        if low < offset < high and found:
            near = [s for s in function.statements if s.end > offset]
            if near:
                kind, made = found.groups()
                return Ended(near[0], f"{kind}({made})", kind == "__free"
                             and _frees(program, location.file, made))
    return None


def _frees(program: Program, file: str, name: str) -> bool:
    """Say whether a class of __free() frees memory and does nothing else.

    It is defined in the file itself, or in some header.
    """
    bodies = _bodies(program, file, name) or [
        body for other in sorted(program.naming_files(name))
        if other.endswith(".h") for body in _bodies(program, other, name)]
    if not bodies:
        return _is_free(name)
    called = {word for body in bodies
              for word in re.findall(r"(\w+)\s*\(", body)} - _LOOKS
    return bool(called) and all(map(_is_free, called))


def _bodies(program: Program, file: str, name: str) -> list[str]:
    text = program.text(file)
    head = re.compile(rf"\bDEFINE_FREE\s*\(\s*{name}\s*,[^,]*,")
    return [text.code[m.end():text.matching(text.code.index("(", m.start()))]
            for m in head.finditer(text.code)]


def _is_free(name: str) -> bool:
    effect = effects.effect(name, 0)
    return effect is not None and effect.kind == "free-array"
