# SPDX-License-Identifier: GPL-2.0-only
"""Prove that a table has none of some pages when one call gets it.

In the function that calls, on each way there: it was made, which leaves its entries
empty, and since then nothing has put these pages anywhere but what has failed and
undone it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import EventKind
from pinlib.kernel import effects
from pinlib.paths.set_by_macros import set_by_macro
from pinlib.paths.tables.marked_walk import (Act, LOST, MarkedWalk, always_made,
                                             loses, through_pointer)
from pinlib.paths.tables.undone import Undone
from pinlib.program.function import Function, Statement, Use

_EMPTY = "empty"
# What may bring pages into a table here, other than a call.
_BRINGS = (EventKind.INTO, EventKind.STORE, EventKind.FILL, EventKind.HANDED,
           EventKind.UNKNOWN, EventKind.ESCAPE, EventKind.OTHER_WRITE)


def empty_at(undone: Undone, caller: Function, use: Use, table: Node) -> bool:
    """Say whether a table has none of the pages at a call that gets it."""
    root = table
    while root.kids:
        root = root.kids[0]
    if use.call is None or root.kind != Kind.ID or any(
            other.addressed or set_by_macro(
                undone.program, caller.file, other.node)
            for other in caller.uses.get(root.value, ())):
        return False
    walk = _Arrivals(undone, caller, use.statement, table)
    return walk.proven() and walk.arrived


class _Arrivals(MarkedWalk):
    """The walk to a call; arrived: one way at least leads there."""

    def __init__(self, undone: Undone, caller: Function, at: Statement,
                 table: Node) -> None:
        super().__init__(undone.resolver, caller, LOST)
        self.arrived = False
        self._undone = undone
        self._getting = at
        self._table = str(table)
        self._target = str(table.kids[0] if table.kind == Kind.UNARY else table)
        self._brings = {e.statement for e in undone.site.flow.of(*_BRINGS)
                        if e.function.key == caller.key}

    def act(self, statement: Statement) -> Act | None:
        """Return what a statement does to the table."""
        if statement is self._getting:
            return Act(self._arrive)
        if statement in self._brings or any(
                self._is_part(node) for node in _written(statement)):
            return loses()
        for call in statement.nodes():
            known = self._called(statement, call) \
                if call.kind == Kind.CALL else None
            if known is not None:
                return known
        return None

    def _called(self, statement: Statement, call: Node) -> Act | None:
        """Return what a call does to the table."""
        name = call.kids[0].value
        here = always_made(statement, call)
        if name in effects.EMPTYING:
            mine = len(call.kids) > 1 and str(call.kids[1]) == self._table
            return Act(lambda mark, result: _EMPTY if result == "zero"
                       else LOST, call) if mine and here else None
        if through_pointer(self.function, call) or name in effects.COPIES or \
                any(self._is_part(kid) and set_by_macro(
                    self._undone.program, self.function.file, kid)
                    for kid in call.kids[1:]):
            return loses()
        if name not in self._undone.names:
            # Who gets the object may make the table another one.
            return loses() if any(self._given(name, at, kid) for at, kid in
                                  enumerate(call.kids[1:])) else None
        made = self._undone.by_call(self.function, call)
        if made is None or made[0].moves or not here or \
                str(made[1]) != self._table:
            return loses()
        return Act(lambda mark, result: mark if result == "neg" else LOST, call)

    def _arrive(self, mark: str, _: str) -> str:
        self.arrived = True
        self.good &= mark == _EMPTY
        return mark

    def _given(self, name: str, index: int, argument: Node) -> bool:
        """Say whether a call gets the table, and may make it another one."""
        whole = argument.kind == Kind.UNARY and argument.value == "&"
        return self._is_part(argument.kids[0] if whole else argument) and (
            whole and effects.effect(name, index) is None
            or self._undone.program.definition(
                name, self.function.file) is not None)

    def _is_part(self, node: Node) -> bool:
        """Say whether an object is a part of the table, or has it in it."""
        one, other = sorted((str(node), self._target), key=len)
        return other.startswith(one) and (
            one == other or not other[len(one)].isalnum()
            and other[len(one)] != "_")


def _written(statement: Statement) -> Iterator[Node]:
    """Yield what a statement gives another value."""
    for node in statement.nodes():
        if node.kind in (Kind.ASSIGN, Kind.POST) or \
                node.kind == Kind.UNARY and node.value in ("++", "--"):
            target = node.kids[0]
            while target.kind == Kind.INDEX or \
                    target.kind == Kind.UNARY and target.value == "*":
                target = target.kids[0]
            yield target
    if statement.fact.kind == "declare":
        yield Node(Kind.ID, statement.fact.name)
    if statement.fact.kind == "iterate" and statement.tree is not None:
        yield from statement.tree.kids[1:]
