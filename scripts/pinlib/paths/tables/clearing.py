# SPDX-License-Identifier: GPL-2.0-only
"""Find functions that leave no page in the entries from one up to another.

`while (from != end) { …; sg_set_page(from, NULL, 0, 0); from = sg_next(from); }`
with both as parameters: whatever else is done in the loop, each entry is cleared
before the next is looked at, and no way leaves before the last.
"""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Values
from pinlib.flow import other_tables
from pinlib.flow.points_to import values
from pinlib.paths.tables.marked_walk import (Act, LOST, MarkedWalk, changes,
                                             loses, through_pointer)
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver

# The pointer may be at the end; or not, and the entry there is full, or empty; or
# the loop is over.
_NEXT, _HOLDS, _CLEARED, _DONE = "next", "holds", "cleared", "done"


def cleared(resolver: Resolver, function: Function) -> tuple[int, int] | None:
    """Return the parameters between which a function clears all, or None."""
    names = [name for _, name in function.params]
    for statement in function.statements:
        test = statement.tree
        if test is None or statement.fact.kind not in ("while", "for") or \
                test.kind != Kind.BINARY or test.value != "!=":
            continue
        at, end = (str(kid) for kid in test.kids)
        if at in names and end in names and at != end and \
                moves_only(function, at) and stays(function, end) and \
                _Clearing(resolver, function, at, test).proven():
            return names.index(at), names.index(end)
    return None


def is_read(function: Function, node: Node, at: str) -> bool:
    """Say whether a page is always that of the entry that a pointer is at."""
    entry = f"sg_page({at})"
    given = [str(value) for _, value in values(function, node.value)] \
        if node.kind == Kind.ID and function.is_local(node.value) else [str(node)]
    return bool(given) and set(given) == {entry}


def is_step(tree: Node | None, name: str) -> bool:
    """Say whether a pointer into a table goes to the next entry."""
    return tree is not None and tree.kind == Kind.ASSIGN and \
        tree.value == "=" and tree.kids[0].kind == Kind.ID and \
        tree.kids[0].value == name and str(tree.kids[1]) == f"sg_next({name})"


def stays(function: Function, name: str) -> bool:
    """Say whether a variable is never given another value."""
    return not any(use.setting or use.addressed or use.stepped
                   for use in function.uses.get(name, ()))


def moves_only(function: Function, name: str) -> bool:
    """Say whether a variable only ever goes to the next entry of its table."""
    return not any(
        use.setting and not is_step(use.setting, name) or use.addressed
        or use.stepped for use in function.uses.get(name, ()))


def put_at(tree: Node | None) -> tuple[Node, Node] | None:
    """Return the entry that a statement puts something into, and what."""
    if tree is None or tree.kind != Kind.CALL or len(tree.kids) < 3:
        return None
    put = other_tables.put_in(tree, tree.kids[1])
    return (tree.kids[1], put) if put is not None else None


class _Clearing(MarkedWalk):
    """The walk through such a function; the mark is of where its pointer is."""

    def __init__(self, resolver: Resolver, function: Function, at: str,
                 test: Node) -> None:
        super().__init__(resolver, function, _NEXT)
        self._pointer = at
        self._test = test

    def act(self, statement: Statement) -> Act | None:
        """Return whether a statement clears the entry, or goes to the next."""
        tree = statement.tree
        if is_step(tree, self._pointer):
            return changes({_CLEARED: _NEXT})
        put = put_at(tree)
        if put is not None and put[0].value == self._pointer and \
                put[1].value in ("NULL", "0"):
            return changes({_HOLDS: _CLEARED, _CLEARED: _CLEARED})
        # Whatever else is put anywhere may be one of these pages again.
        if any(n.kind == Kind.CALL and (
                put_at(n) or through_pointer(self.function, n))
               for n in statement.nodes()):
            return loses()
        named = tree is not self._test and any(
            n.value == self._pointer for n in statement.nodes(self._pointer))
        return changes({_HOLDS: _HOLDS, _CLEARED: _CLEARED}) if named else None

    def tested(self, tree: Node | None, outcome: bool | None,
               mark: str) -> str:
        """Return that all is cleared where the loop is at its end."""
        if tree is not self._test or mark == LOST:
            return mark
        if not outcome:
            return _DONE
        return {_DONE: LOST, _NEXT: _HOLDS}.get(mark, mark)

    def ends(self, value: Values | None, mark: str) -> None:
        """Hold that no way ends before the loop does."""
        self.good &= mark == _DONE
