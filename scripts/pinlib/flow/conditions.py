# SPDX-License-Identifier: GPL-2.0-only
"""Find what is known at a place from the tests on the path to it."""

from __future__ import annotations

from dataclasses import dataclass

from pinlib.csource.expr import Kind, Node, conditions
from pinlib.flow.points_to import values
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Location, LocationKind, Resolver

ZERO = ("0", "NULL", "false", "0x0")


@dataclass(frozen=True)
class Test:
    """One elementary condition: what is tested, and its known outcome.

    equals: the constant compared with, or "" for a test against zero.
    """

    subject: Location
    equals: str
    holds: bool
    line: int


def known_tests(resolver: Resolver, function: Function,
                offset: int) -> list[Test]:
    """Return the elementary conditions that are known at an offset."""
    found = [_test(resolver, function, node, holds, guard.line)
             for guard in function.guards_at(offset)
             for node, holds in conditions(guard.test, guard.holds)]
    return [test for test in found if test]


def _test(resolver: Resolver, function: Function, node: Node, holds: bool,
          line: int) -> Test | None:
    if node.kind == Kind.BINARY and node.value in ("==", "!="):
        left, right = node.kids
        where = _subject(resolver, function, left)
        same = holds == (node.value == "==")
        if where and right.value in ZERO:
            return Test(where, "", not same, line)
        if where and right.kind in (Kind.ID, Kind.CONST) and \
                right.value not in function.types:
            return Test(where, right.value, same, line)
    elif node.kind in (Kind.ID, Kind.MEMBER):
        where = _subject(resolver, function, node)
        if where:
            return Test(where, "", holds, line)
    return None


def _subject(resolver: Resolver, function: Function, node: Node,
             level: int = 0) -> Location | None:
    """Return what a condition tests; a local stands for its one source."""
    where = resolver.locate(function, node)
    if where is None or where[0].kind != LocationKind.VAR or level > 3:
        return where[0] if where else None
    given = [v for _, v in values(function, node.value)
             if v.value not in ZERO]
    if len(given) != 1:
        return where[0]
    value = given[0]
    while value.kind == Kind.UNARY and value.value == "!":
        value = value.kids[0]
    if value.kind not in (Kind.ID, Kind.MEMBER):
        return where[0]
    return _subject(resolver, function, value, level + 1) or where[0]


def together(function: Function, setter: Statement,
             other: Statement) -> bool:
    """Say whether the setter's block contains the other statement as well."""
    low, high = function.block_at(setter.start)
    return low < other.start < high
