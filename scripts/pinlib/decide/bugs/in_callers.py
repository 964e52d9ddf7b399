# SPDX-License-Identifier: GPL-2.0-only
"""Find callers that lose the pages which a helper took for them.

The helper hands them out as its value, or in what it was given; the caller frees
their array, or leaves with them in a variable of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pinlib.csource.expr import Kind, Node
from pinlib.decide.bugs.leaks import Leak, doubt
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind
from pinlib.paths.freed_array import FreedArray
from pinlib.paths.held_on_return import good
from pinlib.paths.walker import Walker
from pinlib.paths.watch import Watch, helpers, watch_caller
from pinlib.program import cfg
from pinlib.program.callers import calls
from pinlib.program.function import Function, Use
from pinlib.program.locations import LocationKind, Resolver
from pinlib.program.program import Program


_DEPTH = 2


class Leaving(Walker):
    """A walk that notes the jumps to a way out with the pages held."""

    def __init__(self, resolver: Resolver, watched: Watch) -> None:
        super().__init__(resolver, watched)
        self.left: dict[int, str] = {}

    def run(self, held: bool = False) -> Any:
        """Walk; nothing is left if there are too many ways."""
        found = super().run(held)
        if found is not self.mistakes:
            self.left.clear()
        return found

    def _leave(self, step: cfg.Step, state: Any) -> None:
        super()._leave(step, state)
        if state.held and state.jump and not state.doubt:
            self.left[state.jump] = state.held


def lost(program: Program, resolver: Resolver,
         site: CallSite) -> Iterator[tuple[Function, Leak]]:
    """Yield each function above that loses the pages, and where."""
    if not _handed_out(site):
        return
    names = helpers(program, site)
    work = [(site.function, 0)]
    seen = {site.function.key}
    # Only these have anything that could be lost.
    having = {e.function.name for e in site.flow.of(EventKind.FREE_ARRAY)} | {
        at.owner for at in site.flow.locations
        if at.kind == LocationKind.VAR} - {site.function.name}
    while work and having:
        callee, depth = work.pop()
        for caller, use in calls(program, callee):
            if use.call is None or program.is_ambiguous(caller) or \
                    caller.key in seen:
                continue
            seen.add(caller.key)
            having.discard(caller.name)
            watched = watch_caller(site, caller, use.call, use.statement,
                                   good(callee), names)
            walked = _walks(resolver, site, use, watched)
            for walker in walked:
                for line, held in sorted(_left(walker).items()):
                    yield caller, Leak(line, held, doubt(site) == "High"
                                       and "High" or "Moderate", False,
                                       False, held == "old")
            if depth < _DEPTH and not any(map(_left, walked)):
                work.append((caller, depth + 1))


def _walks(resolver: Resolver, site: CallSite, use: Use,
           watched: Watch) -> list[FreedArray | Leaving]:
    """Walk a function above for each way to lose the pages."""
    caller = watched.function
    found: list[FreedArray | Leaving] = [
        FreedArray(resolver, watched, site, array)
        for array in _freed(site, use)]
    if not found and doubt(site) == "High" and _own(site, caller, use):
        found.append(Leaving(resolver, watched))
    for walker in found:
        walker.run()
    return found


def _left(walker: FreedArray | Leaving) -> dict[int, str]:
    """Return what a walk found lost, by line."""
    if isinstance(walker, FreedArray):
        return walker.lost
    return walker.left if walker.gave_back else {}


def _handed_out(site: CallSite) -> bool:
    """Say whether the pages leave the function for who calls it."""
    params = [n for _, n in site.function.params]
    return any(e.kind in (EventKind.RETURN, EventKind.INTO) and
               e.function.key == site.function.key for e in site.flow.events
               ) or site.target is not None and (
                   site.target.kind == LocationKind.MEM
                   or site.target.name in params)


def _freed(site: CallSite, use: Use) -> list[str]:
    """Return what the caller frees of what the call filled or returned."""
    caller, call = use.statement.function, use.call
    if call is None:
        return []
    given = {n.value for k in call.kids[1:] for n in k.walk()
             if n.kind == Kind.ID} | {receiver(use)}
    arrays = [_bare(e) for e in site.flow.of(EventKind.FREE_ARRAY)
              if e.function.key == caller.key]
    return sorted({str(a) for a in arrays if any(
        n.value in given for n in (a, *a.walk()) if n.kind == Kind.ID)})


def receiver(use: Use) -> str:
    """Return the variable that has the value of a call, or ""."""
    fact, above = use.statement.fact, use.call and use.call.parent
    if fact.kind == "declare":
        return fact.name
    return str(above.kids[0]) if above and above.kind == Kind.ASSIGN else ""


def _bare(event: Event) -> Node:
    node = event.node
    while node.kind == Kind.CAST:
        node = node.kids[-1]
    return node


def _own(site: CallSite, caller: Function, use: Use) -> bool:
    """Say whether only the caller's own variable has the pages by then."""
    call = use.call
    if call is None:
        return False
    names = {k.kids[0].value for k in call.kids[1:]
             if k.kind == Kind.UNARY and k.value == "&"}
    names.add(receiver(use))
    held = {at.name for at in site.flow.locations
            if at.kind == LocationKind.VAR and at.owner == caller.name}
    return bool(names & held) and all(
        caller.is_local(name) for name in names & held) and not any(
        at.kind == LocationKind.MEM for at in site.flow.locations)
