# SPDX-License-Identifier: GPL-2.0-only
"""Find where an array is freed while the pages in it are still held.

Nobody can drop them then, whatever else is done with pages elsewhere. Only ways
are believed on which each test comes out as the values known there say, and on
which no page was taken out of the array.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pinlib.csource import value_sets
from pinlib.csource.expr import Kind, Node, bare_test
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.kernel import effects
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Watch
from pinlib.program import cfg
from pinlib.program.function import Function, Statement
from pinlib.program.locations import LocationKind, Resolver, variable


class FreedArray(Walker):
    """A walk that notes the ways out on which the array goes with its pages.

    lost: by the line of each such exit, what was held there.
    """

    def __init__(self, resolver: Resolver, watched: Watch, site: CallSite,
                 array: str = "") -> None:
        """Prepare the walk; array: what a caller has the pages in.

        A caller's own tests are believed, but those that a release hangs on:
        ways on which one of these comes out either way are not walked.
        """
        super().__init__(resolver, watched)
        self.lost: dict[int, str] = {}
        self._asked = self._tests() if array else None
        self.limit *= 2 if array else 1
        array = array or _array(site)
        self._frees = _frees(site, self.function, array)
        self._copies = frozenset(
            s.start for s in self.function.statements
            if s.tree is not None and _takes_out(s, s.tree, array)
        ) | frozenset(e.statement.start for e in site.flow.events
                      if e.function.key == self.function.key
                      and e.detail in effects.NUMBERED)

    def _tests(self) -> set[str]:
        """Return what is asked before pages are dropped or moved, as text."""
        helped = [s.start for s in self.loops.statements
                  if s.tree is not None and s.tree.calls(*self.watch.helpers)]
        return {str(bare_test(g.test, True)[0])
                for at in (*self.watch.releases, *self.watch.moves, *helped)
                for g in self.function.guards_at(at) if g.holds}

    def run(self, held: bool = False) -> Any:
        """Walk if anything is freed; nothing is lost if there are too many ways."""
        if not self._frees:
            return set()
        found = super().run(held)
        if found is not self.mistakes:
            self.lost.clear()
        return found

    def _go(self, step: cfg.Step, state: Any) -> list[tuple[cfg.Step, Any]]:
        taken = self.watch.statement.start
        again = any(low <= taken < high for low, high in self.loops.spans)
        # A caller with nothing in its hands any more has nothing to lose.
        return [(follower, after) for follower, after in super()._go(
            step, state) if self._asked is None or again
            or after.held or not after.got]

    def _do(self, statement: Statement, state: Any) -> list[Any]:
        if statement.start in self._copies:
            state = state._replace(doubt=True)
        after: list[Any] = super()._do(statement, state)
        if statement.start in self._frees and state.held and \
                not state.doubt and all(s.held for s in after):
            self.lost[state.jump or statement.line] = state.held
        # What is not known of an earlier call's pages stays unknown.
        return [s._replace(doubt=state.doubt)
                if s.held == "old" else s for s in after]

    def _branch(self, step: cfg.Step, tree: Node | None,
                outcome: bool | None, state: Any) -> Iterator[Any]:
        decides = self._asked is None or tree is not None and str(
            bare_test(tree, True)[0]) in self._asked
        chosen = decides and len(step.next) > 1 and (
            tree is None or outcome is None or bool(value_sets.assume(
                tree, not outcome, dict(state.env), self._unsigned)))
        for more in super()._branch(step, tree, outcome, state):
            if not chosen:
                yield more
            elif self._asked is None:
                yield more._replace(doubt=True)


def _array(site: CallSite) -> str:
    """Return the array that the call fills, from some entry on, as text."""
    node = site.pages
    while node is not None and (
            node.kind in (Kind.INDEX, Kind.CAST) or node.kind == Kind.UNARY
            and node.value == "&" and node.kids[0].kind == Kind.INDEX or
            node.kind == Kind.BINARY and node.value in ("+", "-")):
        node = node.kids[0]
    return str(node)


def _takes_out(statement: Statement, tree: Node, array: str) -> bool:
    """Say whether a statement gives what is in the array another name."""
    values = [n.kids[1] for n in tree.walk() if n.kind == Kind.ASSIGN]
    if statement.fact.kind in ("declare", "return"):
        values.append(tree)
    return any(str(node) == array and not _in_call(node, value)
               for value in values for node in (value, *value.walk()))


def _in_call(node: Node, value: Node) -> bool:
    """Say whether a part of a value is only what a call in it is given."""
    while node is not value and node.parent is not None:
        node = node.parent
        if node.kind == Kind.CALL:
            return True
    return False


def _frees(site: CallSite, function: Function, array: str) -> frozenset[int]:
    """Return where a function frees the array that has the pages."""
    return frozenset(
        e.statement.start for e in site.flow.events
        if e.function.key == function.key and _bare(e.node) == array
        and (e.kind == EventKind.FREE_ARRAY or _frees_below(site, e)))


def _bare(node: Node) -> str:
    """Return an expression without the casts around it, as text."""
    while node.kind == Kind.CAST:
        node = node.kids[-1]
    return str(node)


def _frees_below(site: CallSite, event: Event) -> bool:
    """Say whether a call frees the array that it is given, and only that."""
    callee, call = event.callee, event.call
    if event.kind != EventKind.CALL or callee is None or call is None:
        return False
    below = [e for e in site.flow.events if e.function.key == callee.key
             and e.location.kind == LocationKind.VAR]
    given = {variable(callee, name) for (_, name), kid in zip(
        callee.params, call.kids[1:]) if kid is event.node}
    return [e.kind for e in below] == [EventKind.FREE_ARRAY] and \
        below[0].location in given and \
        not callee.guards_at(below[0].statement.start)
