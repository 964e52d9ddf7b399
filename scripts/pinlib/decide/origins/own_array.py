# SPDX-License-Identifier: GPL-2.0-only
"""Tell that a function drops pages out of the array that it has just allocated.

Nobody else can have put pages into it by then.
"""

from __future__ import annotations

from pinlib.csource.expr import Kind, Node
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.paths.caller_release import leads
from pinlib.program.callers import CallerSearch
from pinlib.program.function import Function
from pinlib.program.program import Program

ABOVE = 60


def only_taken(program: Program, flow: Flow, site: Event, release: Event,
               others: list[Event]) -> str | None:
    """Return why only the acquisition's pages are where its function drops some.

    Nor does it call what puts others there.
    """
    if release.function.key != site.function.key or \
            release.location != site.location or not _follows(site, release) \
            or any(_calls(program, site.function, o.function) for o in others):
        return None
    fresh = _allocated(flow, site)
    if fresh is None:
        return None
    filled = any(
        fresh.statement.end < e.statement.start < release.statement.start
        and e.statement is not site.statement
        for e in [*flow.entries.get(site.location, ()), *flow.of(
            EventKind.CALL, EventKind.FILL, EventKind.ACQUIRE, EventKind.UNKNOWN)]
        if e.function.key == site.function.key and e.location == site.location)
    return _why(fresh) if not filled and _same_array(fresh, release) else None


def none_taken(program: Program, flow: Flow, site: Event,
               event: Event) -> str | None:
    """Return why none of these pages are where another function drops some."""
    function = event.function
    if function.key == site.function.key:
        return None
    fresh = _allocated(flow, event)
    if fresh is None or not _same_array(fresh, event):
        return None
    return None if _calls(program, function, site.function) else _why(fresh)


def brings_array(flow: Flow, other: Event) -> bool:
    """Say whether other pages come with an array, not into one that is there.

    What an object that is in use gets beside the pages that it has goes with them.
    """
    return other.depth > 1 or _allocated(flow, other) is not None


def _calls(program: Program, function: Function, other: Function) -> bool:
    """Say whether a function may call another one, by others as well."""
    above = CallerSearch(program, other, ABOVE, ABOVE).all()
    return function.key != other.key and (
        above is None or function.key in above)


def _why(fresh: Event) -> str:
    return f"line {fresh.statement.line}: the array was allocated just before"


def _allocated(flow: Flow, event: Event) -> Event | None:
    """Return where a function always allocates an array before an event."""
    function = event.function
    found = [e for e in flow.of(EventKind.FRESH)
             if e.function.key == function.key and e.location == event.location
             and e.node.kind == Kind.ASSIGN and _follows(e, event)
             and function.within(e.statement.start, event.statement.start)]
    return max(found, key=lambda e: e.statement.start) if found else None


def _same_array(fresh: Event, event: Event) -> bool:
    """Say whether an event is about an entry of the array that was allocated."""
    array = fresh.node.kids[0]
    low, high = fresh.statement.end, event.statement.start
    moved = any(use.setting and low < use.statement.start < high
                for use in event.function.uses.get(_parts(array)[-1].value, ()))
    return not moved and str(array) in map(str, _parts(event.node))


def _follows(one: Event, other: Event) -> bool:
    """Say whether one event comes after another, and never before it."""
    first, then = one.statement.start, other.statement.start
    return leads(one.function, first, then) and not leads(
        one.function, then, first)


def _parts(node: Node) -> list[Node]:
    """Return an expression and what it is of, down to a variable."""
    found = [node]
    while node.kids and node.kind in (Kind.INDEX, Kind.MEMBER, Kind.UNARY,
                                      Kind.CAST, Kind.POST):
        node = node.kids[0]
        found.append(node)
    return found
