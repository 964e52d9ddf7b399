# SPDX-License-Identifier: GPL-2.0-only
"""Prove that a mark is set wherever a function leaves other pages behind.

    sg_set_page(sg, page, …);
    if (enough(sg))
        return 0;                       /* it is not: they look like ours */
    req->copied = true;

Where it fails, it has to have freed them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Values
from pinlib.flow.conditions import ZERO
from pinlib.flow.graph import Event, Flow, RELEASE_KINDS
from pinlib.kernel import effects
from pinlib.paths.tables.marked_walk import (Act, LOST, MarkedWalk, always_made,
                                             changes)
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver

Given = Sequence[tuple[Function, Statement, Node]]
_LOOPS = ("for", "while", "iterate")
_HEAD = re.compile(r"\s*(?:(?:;[^;{}]*)?\))?[^;{}]*")
# Of other pages and of the mark: neither, one of them, or both.
_NONE, _HELD, _SET, _BOTH = "none", "held", "set", "both"
_BRINGS = {_NONE: _HELD, _HELD: _HELD, _SET: _BOTH, _BOTH: _BOTH}
_FREES = {_NONE: _NONE, _HELD: _NONE, _SET: _SET, _BOTH: _SET}
_SETS = {_NONE: _SET, _HELD: _BOTH, _SET: _SET, _BOTH: _BOTH}
_CLEARS = {_NONE: _NONE, _HELD: _HELD, _SET: _NONE, _BOTH: _HELD}


def proven(resolver: Resolver, flow: Flow, taking: Function,
           others: Sequence[Event], given: Given) -> bool:
    """Say whether a mark is set with other pages, and as long as they are there.

    taking: the function that takes these pages; given: all that the mark is set to.
    """
    bringing = {o.function.key: o.function for o in others}
    dropping = {e.function.key for e in flow.of(*RELEASE_KINDS)}
    return all(
        _SetAlways(resolver, flow, function, others, given).proven()
        for key, function in bringing.items() if key != taking.key) and all(
        f.key in bringing or f.key in dropping or f.key == taking.key or _makes(f)
        for f, _, value in given if value.value in ZERO)


def _makes(function: Function) -> bool:
    """Say whether a function makes objects: it may start with any mark."""
    return any(s.tree is not None and any(
        True for _ in s.tree.calls(*(effects.ALLOCATORS - effects.EMPTYING)))
        for s in function.statements)


class _SetAlways(MarkedWalk):
    """The walk through a function that brings other pages in."""

    def __init__(self, resolver: Resolver, flow: Flow, function: Function,
                 others: Sequence[Event], given: Given) -> None:
        super().__init__(resolver, function, _NONE)
        self._brings = {o.statement for o in others
                        if o.function.key == function.key}
        self._given = {s: v for f, s, v in given if f.key == function.key}
        drops = [e.statement.start for e in flow.of(*RELEASE_KINDS)
                 if e.function.key == function.key]
        self._drops = {s for s in function.statements if s.start in drops or any(
            _around(function, s, at) for at in drops)}

    def act(self, statement: Statement) -> Act | None:
        """Return what a statement does to other pages, or to the mark."""
        value = self._given.get(statement)
        said = {} if value is None else _CLEARS if value.value in ZERO else _SETS
        if statement in self._brings:
            call = next((n for n in statement.nodes("(") if n.kind == Kind.CALL
                         and n.parent is not None
                         and always_made(statement, n)), None)

            def brings(mark: str, result: str) -> str:
                """Return what it is then, if there was anything to bring."""
                after = _BRINGS.get(mark, LOST)
                return mark if result in ("neg", "zero") else said.get(after, after)
            return Act(brings, call)
        if said:
            return changes(said)
        return changes(_FREES) if statement in self._drops else None

    def ends(self, value: Values | None, mark: str) -> None:
        """Hold that no other pages are left without the mark."""
        self.good &= mark not in (_HELD, LOST)


def _around(function: Function, head: Statement, at: int) -> bool:
    """Say whether a place is in the body of a loop."""
    if head.fact.kind not in _LOOPS or head.end > at:
        return False
    code, block = function.text.code, function.block_at(at)
    start = block[0] if block[0] >= head.end else at
    return bool(_HEAD.fullmatch(code[head.end:start]))
