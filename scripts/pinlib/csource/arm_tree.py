# SPDX-License-Identifier: GPL-2.0-only
"""Say for which kernels each #if arm of a text is compiled.

All arms are here, those too that the kernel at hand leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pinlib.csource import arms
from pinlib.csource.arms import Directive, Known

_VERSION = re.compile(r"\bKERNEL_VERSION\s*\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)")
_GUARD = re.compile(r"\s*#\s*(?:ifndef\s+(\w+)|if\s+!\s*defined\s*\(?\s*(\w+)"
                    r"\s*\)?)\s*$")
_ELSE = re.compile(r"\s*#\s*else\b")
_OLDEST, _NEWEST = 0x020600, 0x7f0000


@dataclass(eq=False)
class Arm:
    """The code between two directives of an #if.

    group: where its #if begins. tests: the directives up to its own. guard: it
    is a whole header, which is read but once.
    """

    start: int
    end: int
    group: int
    tests: tuple[str, ...]
    parent: Arm | None
    guard: bool = False

    @property
    def around(self) -> list[Arm]:
        """Return this arm and those that it is in, innermost first."""
        return [self, *(self.parent.around if self.parent else ())]

    def value(self, known: Known) -> bool | None:
        """Return what is known of it, whether it is compiled."""
        return _all([arm.own(known) for arm in self.around])

    def own(self, known: Known) -> bool | None:
        """Return the same, given that the code around it is compiled."""
        if self.guard:
            return True
        *before, own = (_truth(test, known) for test in self.tests)
        return _all([own, *(None if value is None else not value
                            for value in before)])

    @property
    def is_else(self) -> bool:
        """Say whether it is compiled where no other arm of its #if is."""
        return _ELSE.match(self.tests[-1]) is not None


def _all(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def _truth(test: str, known: Known) -> bool | None:
    return _ELSE.match(test) is not None or arms.truth(test, known)


def read(text: str, directives: Iterable[Directive]) -> list[Arm]:
    """Return the arms of a text whose comments are masked, in their order."""
    found: list[Arm] = []
    around: list[Arm] = []
    for start, end, name in directives:
        if name == "define" and around and _guards(around[-1], found, text[
                start:end]):
            around[-1].guard = True
        opens = name in arms.OPENING
        if not opens and (name != "endif" and name not in arms.CONTINUING
                          or not around):
            continue
        before = None if opens else around.pop()
        if before:
            before.end = start
        if name != "endif":
            around.append(Arm(
                end, len(text), before.group if before else start,
                (*(before.tests if before else ()), text[start:end]),
                around[-1] if around else None))
            found.append(around[-1])
    return found


def wants_undefined(test: str) -> str:
    """Return the name that must not be defined, if a condition is that alone."""
    asked = _GUARD.match(test)
    return next((n for n in asked.groups() if n), "") if asked else ""


def _guards(arm: Arm, found: list[Arm], define: str) -> bool:
    """Say whether an arm defines at its beginning what it asks for."""
    name = wants_undefined(arm.tests[-1])
    return bool(name) and arm is found[0] and len(found) == 1 and re.match(
        rf"\s*#[ \t]*define[ \t]+{name}\b", define) is not None


def at(found: Iterable[Arm], offset: int) -> Arm | None:
    """Return the innermost arm around an offset."""
    inside = [arm for arm in found if arm.start <= offset < arm.end]
    return inside[-1] if inside else None


def named(found: Iterable[Arm]) -> list[int]:
    """Return the versions that the conditions of some arms name, as codes."""
    return sorted({arms.packed(map(int, match.groups()), (16, 8, 0))
                   for arm in found for test in arm.tests
                   for match in _VERSION.finditer(test)})


def versions(found: Iterable[Arm], *more: int) -> list[Known]:
    """Return kernels of which one stands for any, as some arms tell them apart."""
    codes = {code + step for code in (*named(found), *more)
             for step in (-1, 0, 1)} | {_OLDEST, _NEWEST}
    return [Known(f"{c >> 16}.{c >> 8 & 255}.{c & 255}")
            for c in sorted(codes)]
