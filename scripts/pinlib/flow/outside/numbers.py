# SPDX-License-Identifier: GPL-2.0-only
"""Find out whether a page's number is only passed to calls, and kept nowhere."""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event
from pinlib.program.function import Function, Statement

# What is made of a number by these, or by a call, may be the number still.
_ON_THE_WAY = frozenset((Kind.CAST, Kind.BINARY, Kind.UNARY, Kind.COND, Kind.INIT,
                         Kind.CALL))


def only_passed(event: Event) -> bool:
    """Say whether the number that a call makes of a page is kept nowhere.

    It may be passed on, also in a structure that is a local of the function.
    """
    return event.call is not None and _passed(
        event.statement, event.call, "", set())


def _passed(statement: Statement, node: Node, field: str,
            seen: set[str]) -> bool:
    """Say so of one value. field: the member that has it, of a structure."""
    while node.parent is not None:
        parent = node.parent
        if parent.kind == Kind.ASSIGN:
            return parent.kids[0] is node or parent.kids[0].kind == Kind.ID and \
                _held(statement.function, parent.kids[0].value, field, seen)
        if parent.kind == Kind.CALL and field:
            return True
        if parent.kind == Kind.FIELD:
            if field or not parent.value.isidentifier():
                return False
            field = parent.value
        elif parent.kind == Kind.MEMBER:
            if not field or field != parent.value.lstrip("->."):
                # Another member of the structure.
                return bool(field)
            field = ""
        elif parent.kind not in _ON_THE_WAY:
            return False
        node = parent
    kind = statement.fact.kind
    return _held(statement.function, statement.fact.name, field, seen) \
        if kind == "declare" else kind != "return"


def _held(function: Function, name: str, field: str, seen: set[str]) -> bool:
    """Say so of all uses of a local that has the number."""
    if not function.is_local(name) or name in function.shadowed:
        return False
    if name in seen:
        return True
    seen.add(name)
    return all(_passed(use.statement, use.node, field, seen)
               for use in function.uses.get(name, ()))
