# SPDX-License-Identifier: GPL-2.0-only
"""Find where other pages are passed in, and whether they get to a release."""

from __future__ import annotations

from pinlib.csource import types
from pinlib.csource.expr import Kind, Node, choices
from pinlib.flow.graph import Event, EventKind, Flow
from pinlib.flow.other_tables import TABLES, run_over
from pinlib.flow.points_to import bare, values
from pinlib.kernel import effects
from pinlib.program.function import Function
from pinlib.program.locations import Location, LocationKind, Resolver


def handed(resolver: Resolver, flow: Flow) -> list[Event]:
    """Return where a caller passes a page or a table that is none of these.

    A function that stores its parameter in a member stores both there. What is
    put into an array later is found where that is done.
    """
    found = []
    for location, passed in flow.params.items():
        category = flow.locations.get(location, "")
        if category not in ("page", *TABLES) or not flow.destinations(
                location) & {"into", "store"}:
            continue
        array = category == "page" and types.depth_of(
            resolver.declared(location)) > 1
        for caller, statement, argument in passed:
            where = resolver.locate(caller, shown(argument))
            if argument.value not in ("NULL", "0") and not (
                    array and bare(caller, argument, statement)) and (
                    where is None or where[0] not in flow.locations):
                found.append(Event(
                    EventKind.HANDED if category in TABLES else
                    EventKind.OTHER_WRITE, caller, statement, argument, location,
                    detail=str(argument), category=category))
    return found


def is_page(other: Event) -> bool:
    """Say whether an event is a page, or an array, in a call by somebody else."""
    return other.kind == EventKind.OTHER_WRITE and \
        other.location.kind == LocationKind.VAR and other.function.key != (
            other.location.file, other.location.owner)


def kept_in(flow: Flow, other: Event) -> list[tuple[Function, Node]]:
    """Return the objects of its own that the function called keeps a page in."""
    found = []
    for event in flow.of(EventKind.INTO, EventKind.STORE):
        node: Node | None = event.node
        while node is not None and node.kind != Kind.ASSIGN:
            node = node.parent
        kept = node.kids[0] if node else Node(
            Kind.ID, event.statement.fact.name)
        while kept.kids:
            kept = kept.kids[0]
        if event.location == other.location and \
                event.function.is_local(kept.value):
            found.append((event.function, kept))
    return found


def shown(value: Node) -> Node:
    """Return what a call has its result of, if the result is still that page."""
    if value.kind != Kind.CALL or len(value.kids) < 2:
        return value
    effect = effects.effect(value.kids[0].value, 0)
    return value.kids[1] if effect and effect.result and \
        effect.kind != "look" else value


def behind(resolver: Resolver, flow: Flow, other: Event,
           function: Function | None = None) -> set[Location]:
    """Return the callers' containers that a filled parameter stands for.

    function: the caller whose containers are asked for, if not those of all.
    """
    shared = other.category in TABLES or \
        types.depth_of(resolver.declared(other.location)) > 1
    work, found = [other.location], set()
    for location in work if shared else ():
        # A local may stand in what the parameter passes.
        work += [p for p in _tables(resolver, flow, location) if p not in work]
        for caller, _, argument in flow.params.get(location, ()):
            where = resolver.locate(caller, argument)
            if where and where[0] in flow.locations and \
                    where[0] != other.location:
                if function is None or caller.key == function.key:
                    found.add(where[0])
                if where[0] not in work:
                    work.append(where[0])
    return found


def onward(resolver: Resolver, flow: Flow, other: Event) -> set[Location]:
    """Return all that what is put into a place may be copied to.

    What is put where a pointer stands is in each table that it may point into,
    and so it is with a pointer that a function returns.
    """
    found = flow.onward(other.location)
    work = [other.location]
    for place in work:
        for table in _tables(resolver, flow, place):
            found |= flow.onward(table)
            if table not in work:
                work.append(table)
    return found


def _tables(resolver: Resolver, flow: Flow, place: Location) -> list[Location]:
    """Return the tables that a pointer, or a function's result, may be in."""
    function = resolver.program.function(place.file, place.owner)
    if function is None or place.kind == LocationKind.MEM or \
            flow.locations.get(place) not in TABLES and \
            types.depth_of(resolver.declared(place)) < 2:
        return []
    ends = [resolver.locate(function, shown(value))
            for value in _pointed(function, place)]
    return [end[0] for end in ends if end and end[0] in flow.locations]


def _pointed(function: Function, place: Location) -> list[Node]:
    """Return what a variable, or what a function returns, may point into."""
    given = [s.tree for s in function.statements if s.tree is not None
             and s.fact.kind == "return"] if place.kind == LocationKind.RET \
        else [v for _, v in values(function, place.name)] + [
            over for use in function.uses.get(place.name, ())
            if (over := run_over(use.node)) is not None]
    return [choice for value in given for choice in choices(value)]


def come_to(resolver: Resolver, flow: Flow, other: Event,
            release: Event) -> bool:
    """Say whether other pages get to a release by what its own function does."""
    function = release.function
    starts = behind(resolver, flow, other, function)
    return other.function.key == function.key and \
        release.location in onward(resolver, flow, other) or any(
            release.location in flow.onward(start) for start in starts)
