# SPDX-License-Identifier: GPL-2.0-only
"""Collect what to watch on the paths of a function that acquires pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node
from pinlib.csource.value_sets import Values
from pinlib.flow.call_sites import CallSite
from pinlib.flow.graph import Event, EventKind, RELEASE_KINDS
from pinlib.flow.points_to import values
from pinlib.kernel import effects
from pinlib.paths.kept.listed import listed
from pinlib.program import cfg
from pinlib.program.function import Function, Statement
from pinlib.program.locations import LocationKind
from pinlib.program.program import Program


@dataclass(frozen=True)
class Drops:
    """What determines how many pages a releasing function drops.

    Parameters by index, members that it reads, and members that callers other
    than the acquiring function pass in those parameters. wide: parameters in
    which an error code becomes a large number; only: the position of the one
    argument that says it all, or 0.
    """

    params: frozenset[int] = frozenset()
    members: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    wide: frozenset[int] = frozenset()
    only: int = 0


@dataclass(frozen=True)
class Mistake:
    """A mistake (leak, negative, beyond, twice, moved, short or dirtied)."""

    kind: str
    line: int
    path: str                         # what was held
    other: int = 0
    sure: bool = True
    hidden: bool = False              # a macro's text leaves here


class State(NamedTuple):
    """What is known on one path, up to some place in it."""

    env: tuple[tuple[str, Values], ...]
    held: str                         # "", part, full, old
    got: str                          # class of the last result, or ""
    jump: int                         # line of the last jump while held
    doubt: bool                       # a callee seems to have declined them
    # Releases and moves on this path whose operands have not changed since.
    done: frozenset[tuple[str, str, int]]
    passed_on: bool = False                # the number acquired was noted
    ahead: int = 0                    # a short result was counted whole here
    gave: int = 0                     # the line that released all of them
    counted: bool = True              # loops of releases come as far as these


# Where a walk is, and what is known there.
At = tuple[cfg.Step, State]


def way_to(came: dict[At, At | None], end: At | None) -> list[cfg.Step]:
    """Return the steps that a walk has come by; came: from where it came."""
    found = []
    while end is not None:
        found.append(end[0])
        end = came[end]
    return found[::-1]


@dataclass
class Watch:
    """What to watch in one function: the offsets of what happens there."""

    function: Function
    call: Node | None                 # the acquisition, or the failed call
    statement: Statement
    asked: str                        # the count asked for, as text
    single: bool
    taken: tuple[str, ...]            # classes of a result with pages
    releases: dict[int, list[Event]] = field(default_factory=dict)
    helpers: frozenset[str] = frozenset()
    moves: dict[int, list[Event]] = field(default_factory=dict)
    filled: str = ""                  # the one page, if it has a name
    counts: dict[str, Drops] = field(default_factory=dict)
    dirties: dict[int, list[Event]] = field(default_factory=dict)
    # What counts how many entries the function's loops drop, where the pages
    # go into an array from some entry on and are counted later.
    counters: frozenset[str] = frozenset()
    # Functions that mark pages dirty but drop none.
    markers: frozenset[str] = frozenset()
    # Pages that the function takes one more reference on.
    shared: frozenset[str] = frozenset()
    # What is stored where, of which the possible values are wanted.
    stores: dict[int, Node] = field(default_factory=dict)


def helpers(program: Program, site: CallSite) -> frozenset[str]:
    """Return the functions that drop a site's pages, or call one that does."""
    found = {e.function.name for e in site.flow.of(
        EventKind.RELEASE, EventKind.ARRAY_RELEASE)} - {site.function.name}
    for _ in range(2):
        found |= {f.name for name in sorted(found)
                  for f, _ in program.naming(name)
                  if f.name and f.key != site.function.key
                  and site.function.name not in f.uses
                  and f.file.rpartition("/")[0] ==
                  site.file.rpartition("/")[0]}
    return frozenset(found)


def for_moved(site: CallSite) -> frozenset[str]:
    """Return functions that drop these pages only out of a table.

    What is still in the array of the acquiring function alone, they do not see.
    """
    flow, start = site.flow, site.target
    if start is None or start.kind != LocationKind.VAR:
        return frozenset()
    direct = [start]
    for location in direct:
        direct += sorted((
            more for more in flow.follow.get(location, ())
            if more not in direct and flow.locations.get(more) == "page"),
            key=str)
    near = {at.owner for at in direct if at.kind == LocationKind.VAR}
    found = {e.function.name for e in flow.of(*RELEASE_KINDS)
             if e.location not in direct}
    return frozenset(found - near - {
        e.function.name for e in flow.of(*RELEASE_KINDS)
        if e.location in direct})


def watch(site: CallSite, names: frozenset[str]) -> Watch:
    """Return what to watch for a site; names: functions dropping its pages."""
    function = site.function
    single = _single(site)
    in_bytes = site.api in effects.EXTRACT or "extract" in site.api
    made = Watch(function, site.call, site.statement, _asked(site),
                 single, ("full",) if in_bytes else
                 ("one",) if single else ("full", "part"),
                 helpers=names)
    if single and site.pages is not None and \
            site.pages.kind == Kind.UNARY and site.pages.value == "&":
        made.filled = str(site.pages.kids[0])
    made.counters = _counters(site)
    made.shared = frozenset(str(e.node) for e in site.flow.of(EventKind.REF)
                            if e.function.key == function.key)
    _collect(made, site)
    return made


def watch_caller(site: CallSite, caller: Function, call: Node,
                 statement: Statement, good: str,
                 names: frozenset[str]) -> Watch:
    """Return what to watch in a function that gets the pages by a call.

    good: the class of that call's value where it succeeds.
    """
    made = Watch(caller, call, statement, "", True, (good,),
                 helpers=names - {caller.name})
    _collect(made, site)
    return made


def _collect(made: Watch, site: CallSite) -> None:
    """Put down where a function drops the pages of a site, or moves them."""
    for event in site.flow.events:
        if event.function.key != made.function.key:
            continue
        place: Statement = event.statement
        if event.kind in RELEASE_KINDS:
            made.releases.setdefault(place.start, []).append(event)
        elif event.kind in (EventKind.INTO, EventKind.PLAIN_OWNER,
                            EventKind.RETURN, EventKind.UNKNOWN) or (
                event.kind == EventKind.CALL) or _left_behind(event) or \
                _numbered_to(site, event):
            if not _passed_down(site, event):
                made.moves.setdefault(place.start, []).append(event)
    for event in listed(site):
        if event.function.key == made.function.key:
            made.moves.setdefault(event.statement.start, []).append(event)


def drops_all(watched: Watch, event: Event) -> bool:
    """Say whether a release drops all that was acquired, not one entry of it."""
    if event.kind == EventKind.ARRAY_RELEASE or watched.single:
        return True
    return not any(n.kind == Kind.INDEX for n in event.node.walk()) and \
        event.node.kind != Kind.INDEX and not (
            event.node.parent is not None
            and event.node.parent.kind == Kind.INDEX)


def raises(tree: Node, counters: frozenset[str]) -> bool:
    """Say whether an expression gives one of the counters another value.

    To count down is to go through what was counted before.
    """
    return any(n.kind == Kind.ASSIGN and n.value != "-=" or n.kind in (
        Kind.POST, Kind.UNARY) and n.value == "++" for n in tree.walk()
               if n.kids and str(n.kids[0]) in counters)


def results_of(call: Node | None) -> list[str]:
    """Return what has the result of a call where it is made, a choice as well."""
    found = [str(call)]
    while call is not None and call.parent is not None and (
            call.parent.kind == Kind.CAST or call.parent.kind == Kind.COND
            and call.parent.kids[0] is not call):
        call = call.parent
        found.append(str(call))
    return found


def _counters(site: CallSite) -> frozenset[str]:
    """Return what bounds the loops of releases and is raised after the call."""
    if site.pages is None or not (site.pages.kind == Kind.BINARY or any(
            n.kind == Kind.INDEX for n in site.pages.walk())):
        return frozenset()
    bounds = frozenset(
        str(guard.test.kids[1]) for event in site.flow.of(*RELEASE_KINDS)
        if event.function.key == site.function.key
        for guard in site.function.guards_at(event.statement.start)
        if guard.holds and guard.test.value == "<")
    bounds |= {name for name in map(str, _counted_down(site))
               if name != site.result and any(
                   str(n) == name for n in site.pages.walk())}
    return bounds if any(
        s.tree is not None and s.start > site.statement.end
        and raises(s.tree, bounds) for s in site.function.statements
    ) else frozenset()


def _counted_down(site: CallSite) -> Iterator[Node]:
    """Yield what says how many entries, from the first, are dropped here."""
    for event in site.flow.of(*RELEASE_KINDS):
        if event.function.key != site.function.key:
            continue
        if event.kind == EventKind.ARRAY_RELEASE:
            yield from event.call.kids[2:3] if event.call else ()
            continue
        tests = [g.test for g in
                 site.function.guards_at(event.statement.start)]
        for node in (event.node, *tests):
            yield from (n.kids[0] for n in node.walk()
                        if n.kind in (Kind.POST, Kind.UNARY)
                        and n.value == "--")


def may_decline(watched: Watch, statement: Statement) -> Event | None:
    """Return the one call of a statement that takes the pages over, or fails to."""
    moves = watched.moves.get(statement.start, [])
    return moves[0] if len(moves) == 1 and (
        moves[0].kind == EventKind.CALL or makes_table(moves[0])) else None


def result_of(watched: Watch, statement: Statement, tree: Node,
              taker: Event) -> Node | None:
    """Return what a statement sets to the result of such a call, if it does."""
    call = taker.call
    if call is None or call.kids[0].value in watched.helpers:
        return None
    if statement.fact.kind == "declare":
        return Node(Kind.ID, statement.fact.name) if tree is call else None
    return tree.kids[0] if tree.kind == Kind.ASSIGN and tree.kids[1] is call \
        else None


def makes_table(event: Event) -> bool:
    """Say whether an array's pages go into a table by a call that may fail."""
    return event.kind == EventKind.INTO and event.call is not None and \
        event.call.kids[0].value.startswith("sg_alloc_")


def _left_behind(event: Event) -> bool:
    """Say whether a page's address is stored in memory of somebody else."""
    tree, function = event.statement.tree, event.function
    if event.kind != EventKind.CPU or event.call is None or tree is None or \
            tree.kind != Kind.ASSIGN or tree.kids[0].kind != Kind.UNARY or \
            not any(n is event.call for n in tree.kids[1].walk()):
        return False
    given = values(function, str(tree.kids[0].kids[0]))
    return bool(given) and not any(
        n.value == "&" or n.value in effects.ALLOCATORS
        for _, value in given for n in value.walk())


def _numbered_to(site: CallSite, event: Event) -> bool:
    """Say whether a function that may fail is given the number of a page.

    Where nothing else keeps the page, it is found again by that number.
    """
    if event.detail not in effects.NUMBERED or event.call is None or \
            len(site.flow.locations) > 1 or event.location.kind != \
            LocationKind.VAR:
        return False
    call = event.call.parent
    return call is not None and call.kind == Kind.CALL and \
        call.kids[0] is not event.call and call.parent is not None and \
        call.parent.kind == Kind.ASSIGN


def _passed_down(site: CallSite, event: Event) -> bool:
    """Say whether a page is passed to a function that keeps nothing of it."""
    if event.kind != EventKind.CALL or event.call is None:
        return False
    name = event.callee.name if event.callee else event.call.kids[0].value
    return not any(e.function.name == name and e.kind in (
        EventKind.INTO, EventKind.PLAIN_OWNER, EventKind.RETURN,
        EventKind.UNKNOWN, EventKind.CALL, *RELEASE_KINDS)
        for e in site.flow.events)


def _asked(site: CallSite) -> str:
    """Return the page count requested, as text; "" for bytes and for 1."""
    if site.api in effects.EXTRACT or "extract" in site.api:
        return ""
    node = site.argument(site.shape.count) if site.shape else None
    return str(node) if node is not None and node.value != "1" else ""


def _single(site: CallSite) -> bool:
    """Say whether the call acquires one page."""
    if site.shape is not None and site.shape.count < 0:
        return True
    count = site.argument(site.shape.count if site.shape else 3)
    return count is not None and count.value == "1" or (
        site.target is not None and site.below <= 0
        and types.depth_of(site.function.types.get(
            site.target.name, "")) == 1)
