# SPDX-License-Identifier: GPL-2.0-only
"""Find ways out on which the callback that would drop the pages never runs.

To name a function where an object keeps it hands nothing over: what is given the
object does, or a call that registers the function, if it succeeds. Where the array
or the object is freed afterwards with the pages held, the callback has not run, or
what it drops was freed before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pinlib.csource import types, value_sets
from pinlib.csource.expr import Kind, Node, bare_test
from pinlib.flow.call_sites import CallSite
from pinlib.paths.freed_array import FreedArray
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Watch
from pinlib.program import cfg
from pinlib.program.function import Statement
from pinlib.program.locations import Resolver

# These only put a function into an object.
_SETS = re.compile(r"(?:__)?INIT_\w*WORK\w*|init_\w+|\w+_(?:init|setup)|"
                   r"timer_setup\w*")
# These may fail, and then have not put it anywhere.
_REGISTERS = re.compile(
    r"(?:^|_)(?:add|register|submit|queue|enqueue|request)(?:_|$)")
_FREES = frozenset("kfree kvfree vfree kfree_sensitive".split())


class SetCallbacks(FreedArray):
    """A walk that believes of no callback that it runs because it is set."""

    def __init__(self, resolver: Resolver, watched: Watch, site: CallSite) -> None:
        super().__init__(resolver, watched, site)
        named = [(s, n) for s in self.loops.statements if s.tree is not None
                 and s.start > site.statement.start for n in s.tree.walk()
                 if n.kind in (Kind.ID, Kind.RAWID) and n.value in watched.helpers]
        self._sets = {s.start for s, n in named if _is_set(n)}
        self._registered = {s.start: to for s, n in named
                            if (to := _registered(s, n)) is not None}
        self._frees |= _with_object(resolver, site)
        self._results = {str(n.kids[0]) for s in self.loops.statements
                         if s.tree is not None and s.start > site.statement.start
                         for n in s.tree.walk() if n.kind == Kind.ASSIGN
                         and n.kids[1].kind == Kind.CALL}

    def run(self, held: bool = False) -> Any:
        """Walk if a callback is set at all."""
        return super().run(held) if self._sets or self._registered else set()

    def _branch(self, step: cfg.Step, tree: Node | None,
                outcome: bool | None, state: Any) -> Iterator[Any]:
        # Whatever a call answers that is made with the pages held may come.
        heard = state.held and tree is not None and self._answers(tree)
        yield from Walker._branch(self, step, tree, outcome, state) if heard \
            else super()._branch(step, tree, outcome, state)

    def _answers(self, tree: Node) -> bool:
        """Say whether a test asks for what a later call returns."""
        test, _ = bare_test(tree, True)
        if test.kind == Kind.BINARY and value_sets.number(test.kids[1]) is not None:
            test = test.kids[0]
        return test.kind == Kind.CALL or str(test) in self._results

    def _do(self, statement: Statement, state: Any) -> list[Any]:
        if not state.held or statement.tree is None:
            return super()._do(statement, state)
        if statement.start in self._sets:
            return [self._assign(statement, statement.tree, state)]
        after = super()._do(statement, state)
        target = self._registered.get(statement.start)
        if target is not None:
            env = value_sets.written(dict(state.env), target, value_sets.NEG)
            after.append(self._with(state, env))
        return after


def _above(node: Node) -> Node | None:
    """Return what a function's name, or its address, is a part of."""
    above = node.parent
    while above is not None and (above.kind == Kind.CAST or above.kind == Kind.UNARY
                                 and above.value == "&"):
        node, above = above, above.parent
    return None if above is None or above.kids[0] is node else above


def _is_set(name: Node) -> bool:
    """Say whether a function's name is only put into an object."""
    above = _above(name)
    if above is None:
        return False
    if above.kind == Kind.ASSIGN:
        return above.kids[0].kind == Kind.MEMBER
    return above.kind == Kind.CALL and bool(_SETS.fullmatch(above.kids[0].value))


def _registered(statement: Statement, name: Node) -> Node | None:
    """Return what has the result of a call that registers a function."""
    call = _above(name)
    if call is None or call.kind != Kind.CALL or not _REGISTERS.search(
            call.kids[0].value):
        return None
    if statement.fact.kind == "declare":
        return Node(Kind.ID, statement.fact.name) \
            if statement.tree is call else None
    above = call.parent
    return above.kids[0] \
        if above is not None and above.kind == Kind.ASSIGN else None


def _with_object(resolver: Resolver, site: CallSite) -> frozenset[int]:
    """Return where the object is freed that the pages are in."""
    node = site.pages
    while node is not None and node.kids and (
            node.kind in (Kind.INDEX, Kind.CAST, Kind.BINARY)
            or node.kind == Kind.UNARY and node.value == "&"):
        node = node.kids[0]
    if node is None or node.kind != Kind.MEMBER or \
            not node.value.startswith("->"):
        return frozenset()
    declared = resolver.type_of(site.function, node) or ""
    if types.depth_of(declared) > 1 and "[" not in declared:
        return frozenset()
    base = str(node.kids[0])
    return frozenset(s.start for s in site.function.statements if s.tree is not None
                     for call in s.tree.calls(*_FREES)
                     if len(call.kids) == 2 and str(call.kids[1]) == base)
