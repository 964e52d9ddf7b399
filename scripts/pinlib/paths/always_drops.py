# SPDX-License-Identifier: GPL-2.0-only
"""Find functions that drop the pages of one acquisition whenever they are called.

A way out on which there was nothing to drop (no array, a count of zero) does not
speak against a function.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.paths.branches import nothing_taken
from pinlib.program import cfg
from pinlib.program.callers import calls
from pinlib.program.cfg import StepKind
from pinlib.program.function import Function
from pinlib.program.program import Program

# Functions that call one that drops the pages, and those that call them.
LEVELS = 3
_LOOP = re.compile(r"\b(?:for|while|\w*for_each\w*)\s*\(\s*")


def droppers(program: Program, releases: list[Event]) -> frozenset[str]:
    """Return the functions that drop the pages on every way through them.

    Of a function with one form for each arm of an #ifdef, every form.
    """
    inside: dict[tuple[str, str], list[tuple[int, Node]]] = {}
    functions: dict[tuple[str, str], Function] = {}
    for event in releases:
        functions[event.function.key] = event.function
        inside.setdefault(event.function.key, []).append(
            (event.statement.start, event.node))
    found: dict[tuple[str, str], Function] = {}
    for _ in range(LEVELS):
        new = {key: functions[key] for key, drops in inside.items()
               if key not in found and _on_all_ways(functions[key], drops)}
        new = {key: function for key, function in new.items()
               if {f.key for f in program.namesakes(function)} <= new.keys()}
        if not new:
            break
        found.update(new)
        for function in new.values():
            for caller, use in calls(program, function):
                functions[caller.key] = caller
                inside.setdefault(caller.key, []).extend(
                    (use.statement.start, kid)
                    for kid in (use.call.kids[1:] if use.call else ())
                    or (use.node,))
    return frozenset(f.name.partition("@")[0] for f in found.values())


class Stores:
    """Where the pages of one acquisition are put, or handed on to be put."""

    def __init__(self, flow: Flow) -> None:
        self._places = [(e.function.key, e.statement.start) for e in flow.of(
            EventKind.INTO, EventKind.STORE, EventKind.RETURN)]
        # A parameter that holds them too: `*where = page`.
        self._places += [
            (edge.function.key, edge.statement.start)
            for location, edge in flow.edges.items()
            if location.owner == edge.function.name and location.name in [
                n for _, n in edge.function.params]]
        calls_ = [e for e in flow.of(EventKind.CALL) if e.callee]
        storing = {key for key, _ in self._places}
        for event in (e for _ in range(LEVELS) for e in calls_):
            if event.callee and event.callee.key in storing:
                storing.add(event.function.key)
        self._places += [(e.function.key, e.statement.start) for e in calls_
                         if e.callee and e.callee.key in storing]

    def precede(self, function: Function, at: int) -> bool:
        """Say whether the pages are put somewhere before a place."""
        return any(key == function.key and start < at
                   for key, start in self._places)

    def last(self, function: Function, at: int) -> int:
        """Return where the pages are put somewhere last before a place, or -1."""
        return max((start for key, start in self._places
                    if key == function.key and start < at), default=-1)

    def follow(self, function: Function, drop: int) -> bool:
        """Say whether the pages are put somewhere only after a drop.

        What an object held until then are pages of an earlier call.
        """
        return any(key == function.key and start > drop
                   for key, start in self._places)


def loops_around(function: Function, after: int, drop: int) -> list[int]:
    """Return where the loops around a drop begin, behind an offset.

    A loop that drops the pages drops them all, however many there are.
    """
    text = function.text
    return [m.end() for m in _LOOP.finditer(text.code, after, drop)
            if text.statement_end(m.start()) > drop]


def _on_all_ways(function: Function, drops: list[tuple[int, Node]]) -> bool:
    """Say whether each way through a function passes one of the drops."""
    low, high = function.body
    if not 0 <= low < high:
        return False
    stops: set[int] = set()
    names: set[str] = set()
    for at, node in drops:
        loops = loops_around(function, low, at)
        mine = _subjects(function, node, at, bool(loops))
        names |= mine
        stops |= {at, *loops, *_asked_first(function, at, mine)}
    work = [cfg.first_step(function)]
    seen = []
    while work:
        step = work.pop()
        if step in seen:
            continue
        seen.append(step)
        if any(step.start <= s < step.end for s in stops):
            continue
        if step.kind in (StepKind.RETURN, StepKind.END) and not any(
                nothing_taken(g, names)
                for g in function.guards_at(step.start)):
            return False
        work += [follower for follower, _ in step.next]
    return True


def _subjects(function: Function, node: Node, at: int,
              looped: bool) -> set[str]:
    """Return what is zero if there is nothing to drop: the pages, their number."""
    found = set()
    while node.kind in (Kind.INDEX, Kind.MEMBER, Kind.CAST, Kind.POST, Kind.ID
                        ) or node.kind == Kind.UNARY and node.value in "*&":
        found.add(str(node))
        if not node.kids:
            break
        node = node.kids[0]
    bounds = [g.test for g in function.guards_at(at)
              if g.holds and looped and g.test.kind == Kind.BINARY
              and g.test.value in ("<", "!=")]
    return found | {str(b.kids[1]) for b in bounds}


def _asked_first(function: Function, at: int,
                 names: set[str]) -> Iterable[int]:
    """Yield the tests around a drop that fail only if there is nothing."""
    for guard in function.guards_at(at):
        other = dataclasses.replace(guard, holds=not guard.holds)
        if nothing_taken(other, names):
            yield from (s.start for s in function.statements
                        if s.tree is guard.test)
