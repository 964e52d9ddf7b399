# SPDX-License-Identifier: GPL-2.0-only
"""Find which constants a variable may be where a function has come to a place.

From each `if` around the place, and from each switch: the labels that lead there,
or for `default` those that do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pinlib.csource import jumps, parser
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.csource.value_sets import number
from pinlib.program.callers import always_leaves
from pinlib.program.function import Function

ZERO = "0"
_CONSTANTS = (Kind.CONST, Kind.ID, Kind.UNARY, Kind.BINARY)
_NUMBER = re.compile(r"-?\d+$")
_SWITCH = re.compile(r"\bswitch\s*\(\s*(\w+)\s*\)\s*\{")


@dataclass(frozen=True)
class Asked:
    """What a variable is known to be: one of some constants, or none of them.

    labels: those of the switch that asks, which differ from each other.
    """

    name: str
    among: frozenset[str]
    holds: bool
    line: int
    labels: frozenset[str] = frozenset()

    def denies(self, other: Asked) -> bool:
        """Say whether one call cannot come where both are known."""
        if self.name != other.name or not (self.holds or other.holds):
            return False
        if self.holds and other.holds:
            return all(self._differ(a, b) or other._differ(a, b)
                       for a in self.among for b in other.among)
        inside, outside = (self, other) if self.holds else (other, self)
        return inside.among <= outside.among

    def denied_by(self, value: Node) -> bool:
        """Say whether the variable is a constant that is not asked for."""
        known = constant(value)
        return known not in self.among and all(
            self._differ(known, one) for one in self.among) if self.holds \
            else known in self.among

    def _differ(self, one: str, other: str) -> bool:
        """Say whether two constants are not the same, whatever they stand for."""
        return one != other and (
            {one, other} <= self.labels
            or bool(_NUMBER.match(one) and _NUMBER.match(other)))


def asked_at(function: Function, offset: int) -> Iterator[Asked]:
    """Yield what is known of variables at an offset."""
    for guard in function.guards_at(offset):
        if jumps.LABEL.search(function.text.code, guard.start, offset):
            continue        # a way may lead there past the test
        for node, holds in conditions(guard.test, guard.holds):
            among = frozenset({ZERO})
            if node.kind == Kind.BINARY and node.value in ("==", "!="):
                if any(n.kind not in _CONSTANTS or n.kind == Kind.ID
                       and n.value.upper() != n.value and number(n) is None
                       for n in node.kids[1].walk()):
                    continue
                holds = holds == (node.value == "==")
                among = frozenset({constant(node.kids[1])})
                node = node.kids[0]
            else:
                holds = not holds
            if node.kind == Kind.ID:
                yield Asked(node.value, among, holds, guard.line)
    yield from _arms(function, offset)


def _arms(function: Function, offset: int) -> Iterator[Asked]:
    """Yield by which labels of each switch around it an offset is reached."""
    code, (low, high) = function.text.code, function.body
    for match in _SWITCH.finditer(code, low, min(high, offset)):
        opening = match.end() - 1
        close = function.text.matching(opening)
        labels = [label for label in jumps.CASE.finditer(
            code, match.end(), close)
            if function.block_at(label.start())[0] == opening]
        last = sum(label.start() < offset for label in labels) - 1
        if close < offset or last < 0:
            continue
        first = last
        while first and not always_leaves(
                function.text, labels[first - 1].end(), labels[first].start()):
            first -= 1
        if jumps.LABEL.search(code, labels[first].start(), offset):
            continue
        every = [_label(label.group()) for label in labels]
        known = frozenset(every) - {"default"}
        mine = frozenset(every[first:last + 1])
        yield Asked(match.group(1), known - mine if "default" in mine else mine,
                    "default" not in mine,
                    function.text.line_of(labels[last].start()), known)


def _label(text: str) -> str:
    """Return what a label of a switch stands for."""
    text = " ".join(text.strip().removesuffix(":").removeprefix("case").split())
    tree = parser.parse(text)
    return text if tree is None else constant(tree)


def constant(node: Node) -> str:
    """Return a constant as text, a number in one form."""
    known = number(node)
    return str(node) if known is None or any(
        n.kind == Kind.ID for n in node.walk()) and known < 0 else str(known)
