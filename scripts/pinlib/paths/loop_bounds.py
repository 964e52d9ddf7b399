# SPDX-License-Identifier: GPL-2.0-only
"""Find what the loops of a function do with the pages of one acquisition."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pinlib.csource import jumps, types, value_sets
from pinlib.csource.expr import Kind, Node
from pinlib.csource.parser import parse
from pinlib.paths.watch import Watch
from pinlib.program import cfg
from pinlib.program.cfg import StepKind
from pinlib.program.function import Function, Statement
from pinlib.program.locations import Resolver

_JUMP = re.compile(r"(?:goto|break)\b")


@dataclass(frozen=True)
class About:
    """The statements of a step, whether it jumps, and what it tests."""

    statements: list[Statement]
    jumps: bool
    test: Node | None


@dataclass(frozen=True)
class Changes:
    """What a statement changes: by steps, and by assignments, the last one first.

    none: it changes nothing, and does nothing to the pages.
    """

    steps: list[Node]
    writes: list[Node]
    none: bool


def changes_of(tree: Node | None) -> Changes:
    """Return what an expression changes."""
    nodes = list(tree.walk()) if tree else []
    steps = [n for n in nodes if value_sets.steps(n)]
    writes = [n for n in reversed(nodes) if n.kind == Kind.ASSIGN]
    return Changes(steps, writes, not (steps or writes))


class Loops:
    """The loops of one function, seen from one acquisition in it."""

    def __init__(self, watch: Watch, first: cfg.Step) -> None:
        self.watch = watch
        self.function: Function = watch.function
        self._steps = cfg.steps(first)
        self.spans = cfg.loops(first)
        self.statements: list[Statement] = sorted(
            self.function.statements, key=lambda s: s.start)
        self._known: dict[cfg.Step, About] = {}
        self._changes: dict[Statement, Changes] = {}

    def about(self, step: cfg.Step) -> About:
        """Return what all walks through a step have in common."""
        if step not in self._known:
            words = step.words(self.function.text.code)
            low, high = (bisect.bisect_left(
                self.statements, at, key=lambda s: s.start)
                for at in (step.start, step.end))
            within = self.statements[low:high]
            tests = [s for s in within if s.fact.kind in (
                "if", "while", "for")]
            if step.kind == StepKind.TEST and not tests:
                # That of a do-while is no statement of its own.
                tests = [Statement(
                    self.watch.statement.fact._replace(kind="while"),
                    self.function, parse(words), step.start, step.end)]
                within = [*within, *tests]
            self._known[step] = About(
                within, bool(_JUMP.match(words.lstrip())),
                tests[0].tree if step.kind == StepKind.TEST else None)
        return self._known[step]

    def changes(self, statement: Statement) -> Changes:
        """Return what a statement changes whenever a walk comes to it."""
        if statement not in self._changes:
            found = changes_of(statement.tree)
            self._changes[statement] = replace(
                found, none=found.none and not self._matters(statement))
        return self._changes[statement]

    def _matters(self, statement: Statement) -> bool:
        """Say whether a statement without an assignment matters to a walk."""
        watch, at = self.watch, statement.start
        names = watch.helpers | watch.markers
        return statement is watch.statement or at in watch.releases or \
            at in watch.stores or at in watch.dirties or at in watch.moves or \
            statement.fact.kind in ("declare", "iterate") or any(
                n.value in names for n in statement.nodes())

    def holds(self, offset: int) -> bool:
        """Say whether an offset is in a loop without the acquisition."""
        taken = self.watch.statement.start
        return any(low <= offset < high and not low <= taken < high
                   for low, high in self.spans)

    def helped(self, resolver: Resolver, statement: Statement, tree: Node,
               idle: Callable[[Node], bool]) -> bool:
        """Say whether a statement has a helper drop all pages.

        Those given to it one by one in a loop are dropped where the loop ends, as
        with a release in its body. idle: whether a call drops none.
        """
        return any(n.value in self.watch.helpers and n.kind in (
            Kind.ID, Kind.RAWID) and not self._entry(resolver, statement, n)
            and not (n.parent is not None and n.parent.kind == Kind.CALL
                     and n.parent.kids[0] is n and idle(n.parent))
            for n in tree.walk())

    def _entry(self, resolver: Resolver, statement: Statement,
               name: Node) -> bool:
        """Say whether a name calls a helper for one page of many, in a loop."""
        call = name.parent
        if self.watch.single or call is None or call.kind != Kind.CALL or \
                call.kids[0] is not name or not self.holds(statement.start):
            return False
        pages = [kind for kind in (resolver.type_of(
            self.function, node) or "" for node in call.kids[1:])
            if types.is_page(kind)]
        return bool(pages) and all(types.depth_of(k) == 1 for k in pages)

    def drops_before(self, line: int) -> bool:
        """Say whether a release comes before a line, and no other call between.

        Neither need be on every way there.
        """
        taken, line_of = self.watch.statement, self.function.text.line_of
        drops = {*self.watch.releases, *(
            s.start for s in self.statements if s.tree is not None
            and s.tree.calls(*self.watch.helpers))}
        work = [s for s in self._steps
                if any(s.start <= at < s.end for at in drops)]
        for step in work:
            if line_of(step.start) <= line <= line_of(max(
                    step.start, step.end - 1)):
                return True
            work += [n for n, _ in step.next if n not in work
                     and taken not in self.about(n).statements]
        return False

    def last(self, offset: int) -> bool:
        """Say whether the block around an offset leaves the loop."""
        _, high = self.function.block_at(offset)
        high = min([high] + [e for b, e in self.spans if b <= offset < e])
        return bool(jumps.ENDS_LOOP.search(
            self.function.text.code[offset:high]))

    def outside(self, step: cfg.Step) -> tuple[int, int] | None:
        """Return a loop's body, or None if the loop acquires the pages."""
        assert step.body is not None
        low, high = step.body
        taken = self.watch.statement.start
        if low <= taken < high or step.start <= taken < step.end:
            return None
        return low, high

    def moves(self, step: cfg.Step) -> bool:
        """Say whether a loop passes the acquired pages on, one by one."""
        body = self.outside(step)
        return body is not None and any(body[0] <= at < body[1]
                                        for at in self.watch.moves)

    def releases_all(self, step: cfg.Step) -> bool:
        """Say whether a loop drops every entry, whatever it finds out of it.

        One in another loop may drop a row, and the next round another.
        """
        assert step.body is not None
        low, high = step.body
        return not self.holds(step.start - 1) and not any(
            g.start > low and not (g.holds and str(g.test) == str(e.node))
            for at, events in self.watch.releases.items() if low <= at < high
            for e in events for g in self.function.guards_at(at))

    def releases(self, step: cfg.Step) -> bool:
        """Say whether a loop drops the acquired pages, one by one."""
        body = self.outside(step)
        if body is None:
            return False
        low, high = body
        if any(low <= at < high and not self.last(at)
               for at in self.watch.releases):
            return True
        return any(low <= s.start < high and s.tree is not None and any(
            n.value in self.watch.helpers for n in s.tree.walk())
            and not self.last(s.start) for s in self.statements)
