# SPDX-License-Identifier: GPL-2.0-only
"""Takes two places in a function; tells how control gets from one to the other."""

from __future__ import annotations

import re

from pinlib.csource import jumps
from pinlib.csource.expr import Kind, Node, conditions
from pinlib.program.function import Function, Guard

_LOOP = re.compile(r"\b(?:for|while|do|\w*for_each\w*)\b(?=\s*[({])")


def other_arm(function: Function, one: int, other: int) -> bool:
    """Say whether two places are in different branches of an if run once."""
    arms = function.guards_at(one)
    for guard in function.guards_at(other):
        if any(a.test is guard.test and a.holds != guard.holds
               for a in arms):
            return runs_once(function, function.text.offset(guard.line),
                             max(one, other))
    return False


def runs_once(function: Function, start: int, end: int) -> bool:
    """Say whether no path leads from the end of a range back to its start.

    No loop is around it, and no label precedes its end.
    """
    low, code = function.body[0], function.text.code
    return not jumps.LABEL.search(code, low, end) and not any(
        function.text.statement_end(m.start()) > end
        for m in _LOOP.finditer(code, low, start))


def leaves_early(function: Function, after: int, before: int,
                 result: str) -> bool:
    """Tell whether an exit between two places leaves with pages held."""
    for match in jumps.LEAVES.finditer(function.text.code, after, before):
        guards = [g for g in function.guards_at(match.start())
                  if g.start > after]
        if not any(nothing_taken(g, {result}) for g in guards):
            return True
    return False


def _mentions(node: Node, name: str) -> bool:
    return bool(name) and any(str(n) == name for n in node.walk())


def nothing_taken(guard: Guard, names: set[str]) -> bool:
    """Say whether a condition means that no page was acquired."""
    return any(_none(test, holds, names)
               for test, holds in conditions(guard.test, guard.holds)
               ) or guard.holds and _each_none(guard.test, names)


def _each_none(test: Node, names: set[str]) -> bool:
    """Tell whether each side of an `or` says that no page was taken."""
    while test.kind == Kind.CALL and test.kids[0].value in (
            "likely", "unlikely") and len(test.kids) == 2:
        test = test.kids[1]
    if test.kind == Kind.BINARY and test.value == "||":
        return all(_each_none(k, names) for k in test.kids)
    if test.kind == Kind.UNARY and test.value == "!" and \
            test.kids[0].kind == Kind.ID:
        return str(test.kids[0]) in names
    return _none(test, True, names)


_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=",
            "!=": "=="}


def _none(node: Node, holds: bool, names: set[str]) -> bool:
    if str(node) in names:
        return not holds
    if node.kind != Kind.BINARY or node.value not in _NEGATED:
        return False
    left, right = node.kids
    operator = node.value if holds else _NEGATED[node.value]
    if str(left) not in names and not _mentions_any(left, names):
        return False
    if right.value == "0":
        return operator in ("<", "<=", "==")
    if right.value == "1":
        return operator in ("<", "!=")
    return False


def _mentions_any(node: Node, names: set[str]) -> bool:
    return any(_mentions(node, n) for n in names)
